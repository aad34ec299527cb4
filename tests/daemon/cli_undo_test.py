#!/usr/bin/python3
"""What takes suppressions back, and what is kept of that."""
import getpass, os, time

import cli_case
from cli_case import *  # noqa: F403

GMAIL = '550-5.1.1 The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuchUser - gsmtp'


class Undo(Case):
    def setUp(self):
        super().setUp()
        self.import_mails(dsn('anna@example.org', reply=GMAIL), dsn('bert@example.org', reply=GMAIL), dsn('cora@example.net'))
        self.right('suppressions', 'add', 'dora@example.org', '--note', 'asked by phone')

    def suppressed(self): return [row[0] for row in self.right('suppressions', 'list').rows]

    def taken(self, *words):
        *rows, counts = self.right('undo', '--json', *words).json
        self.assertEqual(counts['taken_back'], len(rows), words)
        return ''.join(row['address'][0] for row in rows)

    def test_what_is_chosen(self):
        everyone = self.suppressed()
        self.assertEqual([a[0] for a in everyone], list('abcd'))
        rule = self.right('suppressions', 'show', '--json', 'cora@example.net').json[0]['rule']
        year = time.strftime('%Y')
        for words, addresses in ((['--provider', 'google'], 'ab'), (['--domain', 'EXAMPLE.net'], 'c'), (['--domain', 'example.com'], ''),
                                 (['--rule', rule], 'c'), (['--text', 'tried to REACH'], 'ab'), (['--match', 'user unknown'], 'c'),
                                 (['--since', '1h'], 'abc'), (['--since', '1h', '--manual'], 'abcd'), (['--until', '1h'], ''),
                                 (['--since', 'today', '--until', 'today'], 'abc'), (['--since', f'{year}-01-01', '--domain', 'example.org'], 'ab'),
                                 (['--since', f'{year}-01-01 00:00', '--until', f'{year}-12-31T23:59:59Z'], 'abc'),
                                 (['--until', '2020-01-01T00:00:00Z'], ''), (['--batch', 'none'], ''),
                                 (['--provider', 'google', '--text', 'user unknown'], '')):
            self.assertEqual(self.taken(*words), addresses, words)
        self.assertEqual(self.suppressed(), everyone)   # nothing of this changed anything

    def test_a_dry_run_says_what_would_happen(self):
        ran = self.right('undo', '--since', '1h')
        self.assertEqual([row[0] for row in ran.rows], ['anna@example.org', 'bert@example.org', 'cora@example.net'])
        for text in ('3 suppressions would be taken back', '1 by hand stay (--manual)', '--apply does it'): self.assertIn(text, ran.err)
        before = self.database.read_bytes()
        self.right('undo', '--since', '1h')
        self.assertEqual(self.database.read_bytes(), before)

    def test_apply_takes_back_and_is_told(self):
        ran = self.right('undo', '--provider', 'google', '--apply', '--why', 'gmail was wrong', env={'SUDO_USER': ''})
        self.assertEqual([row[0] for row in ran.rows], ['anna@example.org', 'bert@example.org'])
        self.assertIn('2 suppressions taken back', ran.err)
        self.assertEqual([a[0] for a in self.suppressed()], list('cd'))
        why = self.right('why', 'anna@example.org').out
        for text in ('not suppressed', f'undo by {getpass.getuser()}: gmail was wrong (provider google)', 'ended\tuser_unknown (policy)'):
            self.assertIn(text, why)
        event, act = self.right('why', '--json', 'anna@example.org').json
        self.assertEqual((act['act'], act['why'], act['reason'], act['sender']), ('undo', 'gmail was wrong', 'user_unknown', ''))
        self.assertEqual(event['outcome'], 'suppress')   # the evidence stays
        again = self.right('undo', '--provider', 'google', '--apply')
        self.assertIn('0 suppressions taken back', again.err)
        self.assertEqual(len(self.right('why', '--json', 'anna@example.org').json), 2)   # and is not recorded
        self.assertEqual(self.right('undo', '--json', '--provider', 'google', '--apply').json,
                         [dict(applied=True, taken_back=0, came_back=0, left_manual=0, left_complaints=0)])

    def test_what_people_did_is_told(self):
        self.right('suppressions', 'remove', 'dora@example.org', '--note', 'wrote again', env={'SUDO_USER': 'erna'})
        why = self.right('why', 'dora@example.org').out
        for text in ('add by ', ': asked by phone', 'made\tunclassified (manual)', ': wrote again', 'ended\tunclassified (manual)'):
            self.assertIn(text, why)
        if os.getuid() == 0: self.assertIn('remove by erna', why)

    def test_wrong_words(self):
        self.wrong(USAGE, 'undo', says=['which suppressions?', '--since'])
        self.wrong(USAGE, 'undo', '--apply', '--manual', '--force', says='which suppressions?')
        for text in ('yesterdy', '2026-02-30', '2026-02-28 25:00', '2026-02-28 10:60', '2026-02-28 1000', '6', '-1h', '2026-02-28T10:00:00X0'):
            self.wrong(USAGE, 'undo', f'--since={text}', says=[f"'{text}' is no time"])
        self.wrong(USAGE, 'undo', '--since', 'today', '--until', 'yesterday', says='not after')
        self.wrong(USAGE, 'undo', '--domain', 'a b', says="'a b' is no domain")
        self.database.unlink()
        self.wrong(NO_INPUT, 'undo', '--since', '1h')


if __name__ == '__main__': cli_case.main()
