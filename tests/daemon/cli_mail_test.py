#!/usr/bin/python3
"""Mails and replies without a database: parse, classify, explain, in pipes and on a terminal."""
import json, os, pty, subprocess, unittest

import cli_case
from cli_case import *  # noqa: F403


class Parse(Case):
    FIELDS = ['schema', 'file', 'kind', 'dialect', 'damage', 'reporting_mta', 'arrival_date', 'envelope_id', 'original',
              'verp_recipient', 'recipients']
    RECIPIENT = ['address', 'original_recipient', 'final_recipient', 'action', 'status', 'reply_code', 'diagnostic', 'remote_mta',
                 'vendor', 'category', 'reason', 'fault', 'permanence', 'confidence', 'rule', 'confirm', 'decision',
                 'authenticity']

    def test_schema(self):
        path = self.write('any name.txt', dsn('gone@example.org'))
        [report] = self.right('parse', path).json
        self.assertEqual(list(report), self.FIELDS)
        self.assertEqual(list(report['original']), ['message_id', 'from', 'to', 'subject', 'list_id', 'date'])
        [recipient] = report['recipients']
        self.assertEqual(list(recipient), self.RECIPIENT)
        self.assertEqual(report['file'], str(path))
        self.assertEqual((report['schema'], report['kind'], report['dialect']), (1, 'bounce', 'rfc3464'))
        self.assertEqual((recipient['address'], recipient['status'], recipient['reason'], recipient['decision']),
                         ('gone@example.org', '5.1.1', 'user_unknown', 'suppress'))

    def test_every_kind_of_path(self):
        self.write('d/a.eml', dsn('a@example.org'))
        self.write('d/sub/b', dsn('b@example.org'))
        self.write('maildir/cur/1:2,S', dsn('cur@example.org'))
        self.write('maildir/new/2', dsn('new@example.org'))
        separator = 'From MAILER-DAEMON Mon Nov  2 10:00:00 2026\n'
        self.write('box', separator + dsn('m1@example.org') + '\n' + separator + dsn('m2@example.org') + '\n')
        ran = self.right('parse', self.dir / 'd', self.dir / 'maildir', self.dir / 'box', '-', stdin=dsn('in@example.org'))
        self.assertEqual([(r['file'].replace(str(self.dir), ''), r['recipients'][0]['address']) for r in ran.json], [
            ('/d/a.eml', 'a@example.org'), ('/d/sub/b', 'b@example.org'), ('/maildir/new/2', 'new@example.org'),
            ('/maildir/cur/1:2,S', 'cur@example.org'), ('/box#1', 'm1@example.org'), ('/box#2', 'm2@example.org'),
            ('-', 'in@example.org')])

    def test_jobs_keep_the_order(self):
        for i in range(500): self.write(f'd/{i:04}', dsn(f'r{i}@example.org'))
        one = self.right('parse', self.dir / 'd').out
        self.assertEqual(len(one.splitlines()), 500)
        self.assertEqual(self.right('parse', '--jobs', '8', self.dir / 'd').out, one)

    def test_what_cannot_be_read_is_told_and_the_rest_is_read(self):
        path = self.write('a', dsn('a@example.org'))
        ran = self.wrong(NO_INPUT, 'parse', self.dir / 'missing', path, says='missing: No such file or directory')
        self.assertEqual([r['recipients'][0]['address'] for r in ran.json], ['a@example.org'])

    @unittest.skipIf(os.geteuid() == 0, 'root may read everything')
    def test_forbidden_file(self):
        path = self.write('a', 'x')
        path.chmod(0)
        self.wrong(NO_PERMISSION, 'parse', path, says='Permission denied')

    def test_any_bytes_are_a_report(self):
        for name, text in {'empty': b'', 'nul': b'\0' * 1000, 'latin': b'Subject: \xe9\n\n\xff', 'cr': b'a\rb\r\r', 'no header': b'\n\n\n',
                           'half': dsn('x@example.org')[:700].encode(), 'random': bytes(range(256)) * 20}.items():
            self.write(f'd/{name}', text)
        ran = self.right('parse', self.dir / 'd')
        self.assertEqual(len(ran.json), 7)

    def test_a_full_disk_is_an_error(self):
        if not os.path.exists('/dev/full'): self.skipTest('no /dev/full')
        with open('/dev/full', 'w') as full:
            done = subprocess.run([cli_case.PROGRAM, 'parse', '-', '--config', self.settings], input='x', stdout=full, stderr=subprocess.PIPE,
                                  text=True)
        self.assertEqual(done.returncode, IO)
        self.assertIn('standard output: No space left on device', done.stderr)

    def test_empty_directory_is_nothing_to_do(self):
        (self.dir / 'd').mkdir()
        self.assertEqual(self.right('parse', self.dir / 'd').out, '')


class Terminal(Case):
    """The same commands before a person."""

    def at_terminal(self, *words, columns=100):
        master, slave = pty.openpty()
        import fcntl, struct, termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
        child = subprocess.Popen([cli_case.PROGRAM, *map(str, words), '--config', str(self.settings)], stdin=subprocess.DEVNULL, stdout=slave,
                                 stderr=slave, env={**os.environ, 'TZ': 'UTC'})
        os.close(slave)
        out = b''
        while True:
            try: piece = os.read(master, 65536)
            except OSError: break   # the other side is closed
            if not piece: break
            out += piece
        os.close(master)
        self.assertEqual(child.wait(), 0, out)
        return out.decode().replace('\r\n', '\n')

    def test_parse_prints_a_table(self):
        path = self.write('a', dsn('gone@example.org', reply='550 5.1.1 \x1b[2JUser unknown \x07'))
        out = self.at_terminal('parse', path)
        self.assertTrue(out.startswith('FILE'), out)
        self.assertIn('gone@example.org', out)
        self.assertNotIn('\x1b', out)
        self.assertNotIn('\x07', out)
        for line in out.splitlines(): self.assertLessEqual(len(line), 140)

    def test_parse_prints_json_where_it_is_asked_for(self):
        path = self.write('a', dsn('gone@example.org'))
        self.assertEqual(json.loads(self.at_terminal('parse', '--json', path))['kind'], 'bounce')

    def test_hostile_file_name(self):
        path = self.write('a\x1b[31m', dsn('gone@example.org'))
        self.assertNotIn('\x1b', self.at_terminal('parse', path))

    def test_import_shows_how_far_it_got(self):
        for i in range(3000): self.write(f'd/{i}', dsn(f'r{i}@example.org'))
        self.assertIn('█', self.at_terminal('import', self.dir / 'd'))
        self.assertNotIn('█', self.at_terminal('import', '--quiet', self.dir / 'd'))


class Classify(Case):
    def test_one_reply(self):
        ran = self.right('classify', '--text', '550 5.7.1 Connection refused - OXSUS001_403')
        pairs = dict(ran.rows)
        self.assertEqual((pairs['reason'], pairs['decision'], pairs['vendor']), ('user_unknown', 'suppress', 'vade'))
        self.assertIn('second report', pairs['confirm'])
        [verdict] = self.right('classify', '--json', '--text', '550 5.7.1 Connection refused - OXSUS001_101').json
        self.assertEqual((verdict['reason'], verdict['fault'], verdict['decision']), ('ip_blocked', 'sender', 'alert'))
        for field in ('category', 'permanence', 'confidence', 'rule', 'confirm', 'vendor'): self.assertIn(field, verdict)

    def test_what_the_options_say_counts(self):
        [weak] = self.right('classify', '--json', '--text', 'no such user here').json
        self.assertEqual(weak['reason'], 'user_unknown')
        [status] = self.right('classify', '--json', '--status', '4.2.2', '--reply-code', '452').json
        self.assertEqual(status['reason'], 'mailbox_full')
        [vendor] = self.right('classify', '--json', '--text', '550 blocked', '--vendor', 'google').json
        self.assertEqual(vendor['vendor'], 'google')
        [host] = self.right('classify', '--json', '--text', '550 blocked', '--remote-mta', 'gmail-smtp-in.l.google.com').json
        self.assertEqual(host['vendor'], 'google')

    def test_in_the_words_of_other_systems(self):
        for system, word in {'sisimai': 'mailboxfull', 'kumomta': 'QuotaIssues', 'sparkpost': '22', 'ses': 'Transient/MailboxFull',
                             'pmta': 'quota-issues', 'postmark': 'SoftBounce'}.items():
            [verdict] = self.right('classify', '--json', '--map', system, '--text', '552 5.2.2 Mailbox full').json
            self.assertEqual((verdict['reason'], verdict['mapped']), ('mailbox_full', word))
            self.assertEqual(dict(self.right('classify', '--map', system, '--text', '552 5.2.2 Mailbox full').rows)[system], word)
        self.wrong(USAGE, 'classify', '--map', 'sespost', '--text', 'x', says='is none of sisimai')

    def test_a_line_in_gives_a_line_out(self):
        lines = [{'text': '550 5.1.1 User unknown', 'reply_code': '550', 'status': '5.1.1', 'vendor': '', 'remote_mta': ''},
                 {'text': '452 4.2.2 Mailbox full', 'reply_code': 452}]
        ran = self.right('classify', stdin=''.join(json.dumps(line) + '\n' for line in lines))
        self.assertEqual([v['reason'] for v in ran.json], ['user_unknown', 'mailbox_full'])
        self.assertEqual(self.right('classify', stdin='').out, '')
        last_without_end = self.right('classify', stdin='\n' + json.dumps(lines[0]))
        self.assertEqual(len(last_without_end.json), 1)

    def test_wrong_lines_keep_their_place(self):
        lines = ['nonsense', '[1]', '{}', '{"text":"550 5.1.1 User unknown"}', '{"text":', '"' + 'x' * 1_100_000 + '"']
        ran = self.wrong(DATA, 'classify', stdin='\n'.join(lines) + '\n',
                         says=['line 1: not JSON', 'line 2: not a JSON object', 'line 3: none of', 'line 5: not JSON', 'line 6: longer'])
        self.assertEqual(['error' in v for v in ran.json], [True, True, True, False, True, True])


class Explain(Case):
    def test_every_stage_is_there(self):
        path = self.write('a', dsn('gone@example.org', reply='550 5.7.1 Connection refused - OXSUS001_403', status='5.7.1'))
        out = self.right('explain', path).out
        for text in ('rfc3464', 'gone@example.org', 'OXSUS001_403', 'vade/403-unknown-recipient', 'winner', 'user_unknown', 'normalised',
                     'unwrapped'):
            self.assertIn(text, out)
        self.assertEqual(self.right('explain', '-', stdin=path.read_text()).out, out.replace(str(path), '-'))

    def test_wrong_paths(self):
        self.wrong(NO_INPUT, 'explain', self.dir / 'missing', says='missing: No such file')
        (self.dir / 'empty').mkdir()
        self.wrong(NO_INPUT, 'explain', self.dir / 'empty', says='holds no mail')


if __name__ == '__main__': cli_case.main()
