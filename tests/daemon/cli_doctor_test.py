#!/usr/bin/python3
"""Is everything as it should be?"""
import socket, sqlite3

import cli_case
from cli_case import *  # noqa: F403


class Doctor(Case):
    def setUp(self):
        super().setUp()
        self.mails = self.dir / 'returns'
        self.mails.mkdir()
        (self.mails / '1.eml').write_text(dsn('anna@example.org'))
        self.more(f'[[mailbox]]\nname = "returns"\nurl = "dir:{self.mails}"\n')

    def more(self, text): self.settings.write_text(self.settings.read_text() + text)

    def found(self, code=0, **more):
        """The findings: {subject: [(state, found, remedy), …]}."""
        ran = self.bounced('doctor', '--json', **more)
        self.assertEqual(ran.code, code, ran)
        findings = {}
        for one in ran.json: findings.setdefault(one['subject'], []).append((one['state'], one['found'], one['remedy']))
        return findings

    def test_all_is_well(self):
        findings = self.found()
        self.assertEqual([one[0] for all in findings.values() for one in all], ['good'] * 7)
        self.assertEqual(list(findings), ['settings', 'rules', 'database', 'disk', 'clock', 'mailbox returns'])
        self.assertIn('is not there yet', findings['database'][0][1])
        self.assertIn('1 mail', findings['mailbox returns'][0][1])
        self.assertFalse(self.database.exists())
        self.right('once')
        before = self.database.read_bytes()
        findings = self.found()
        self.assertIn('sound', findings['database'][0][1])
        self.assertIn('last read on', findings['mailbox returns'][1][1])
        self.assertEqual(self.database.read_bytes(), before)
        text = self.right('doctor')
        self.assertEqual({row[0] for row in text.rows}, {'good'})

    def test_wrong_settings(self):
        self.more('[policy.mailbox_ful]\ncount = 3\n[log]\nlevel = "loud"\n')
        findings = self.found(CONFIG)
        self.assertEqual(list(findings), ['settings'])
        self.assertEqual(len(findings['settings']), 2)
        self.settings.unlink()
        self.assertIn('No such file', self.found(CONFIG)['settings'][0][1])

    def test_a_damaged_database(self):
        self.right('once')
        with self.database.open('r+b') as file:
            file.seek(self.database.stat().st_size // 2)
            file.write(b'x' * 8192)
        state, found, remedy = self.found(DATA)['database'][0]
        self.assertEqual(state, 'fault')
        self.assertIn('is damaged', found)
        self.assertIn('backup', remedy)

    def test_no_place_for_the_database(self):
        self.settings.write_text(self.settings.read_text().replace(str(self.database), str(self.dir / 'none/b.db')))
        self.assertIn("can't be written to", self.found(IO)['database'][0][1])

    def test_a_dead_server(self):
        with socket.socket() as unused:
            unused.bind(('127.0.0.1', 0))   # and nobody listens
            self.more(f'[[mailbox]]\nname = "far"\nurl = "imap://127.0.0.1:{unused.getsockname()[1]}/INBOX"\nuser = "u"\npassword_command = "echo p"\n')
            findings = self.found(UNAVAILABLE)
        self.assertEqual(findings['mailbox far'][0][0], 'fault')
        self.assertEqual(findings['mailbox returns'][0][0], 'good')   # one broken mailbox hides no other

    def test_rules_and_keys(self):
        self.write('rules/own.toml', '[[rule]]\nid = "own/x"\npattern = "closed shop"\nreason = "user_unknown"\nsource = "x"\nexample = "open shop"\n')
        self.more(f'[rules]\ndirectory = "{self.dir}/rules"\n')
        self.assertIn('own.toml', self.found(CONFIG)['rules'][0][1])
        self.write('rules/own.toml', '')
        key = self.dir / 'verp.key'
        self.right('verp', 'key', key)
        self.more(f'[authenticity]\nverp_keys = ["{key}"]\nverp_return_paths = ["bounces@sender.example"]\n')
        self.assertEqual(self.found()['signed return paths'][0][0], 'good')

    def test_a_clock_that_went_back(self):
        self.right('once')
        with sqlite3.connect(self.database) as database:
            database.execute('UPDATE run SET started_at = started_at + 86400, ended_at = ended_at + 86400')
        database.close()
        state, found, remedy = self.found()['clock'][0]
        self.assertEqual(state, 'warning')
        self.assertIn('and a pass ended on', found)

    def test_a_pass_that_failed(self):
        self.right('once')
        self.mails.rename(self.dir / 'away')
        self.bounced('once')
        (self.dir / 'away').rename(self.mails)
        state, found, remedy = self.found()['mailbox returns'][1]
        self.assertEqual(state, 'warning')
        self.assertIn('failed', found)


if __name__ == '__main__': cli_case.main()
