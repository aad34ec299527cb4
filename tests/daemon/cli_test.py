#!/usr/bin/python3
"""The real program, started with words, files and databases, right and wrong: what it prints, says and ends with.

    cli_test.py PROGRAM [unittest's own words]

Each test reads like a transcript: what is run, then what must come out. The files live in a directory of the test's own.
"""
import csv, io, json, os, pathlib, pty, select, signal, sqlite3, subprocess, sys, tempfile, time, unittest

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ''
USAGE, DATA, NO_INPUT, UNAVAILABLE, IO, TRY_AGAIN, NO_PERMISSION, CONFIG = 64, 65, 66, 69, 74, 75, 77, 78

DSN = '''\
Return-Path: <>
Date: Mon, 02 Nov 2026 10:00:0{second} +0000
From: MAILER-DAEMON@mx.sender.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@sender.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Message-Id: <dsn-{address}@mx.sender.example>

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.sender.example
Arrival-Date: Mon, 02 Nov 2026 10:00:00 +0000

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {reply}

--b
Content-Type: message/rfc822

From: News <news@sender.example>
To: {address}
Subject: News
Message-ID: <news-1@sender.example>
Date: Mon, 02 Nov 2026 09:59:00 +0000

Hello.

--b--
'''


def dsn(address, reply='550 5.1.1 User unknown', status='5.1.1', action='failed', second=0):
    return DSN.format(address=address, reply=reply, status=status, action=action, second=second)


class Ran:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def lines(self): return self.out.splitlines()
    @property
    def rows(self): return [line.split('\t') for line in self.lines]
    @property
    def json(self): return [json.loads(line) for line in self.lines]
    def __repr__(self): return f'exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}'


class Case(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix='bounced-cli-')
        self.dir = pathlib.Path(self.temporary.name)
        self.database = self.dir / 'bounced.db'
        self.settings = self.write('bounced.toml', f'[database]\npath = "{self.database}"\n')

    def tearDown(self): self.temporary.cleanup()

    def write(self, name, text):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def bounced(self, *words, stdin='', config=True, env=None):
        words = [str(word) for word in words]
        if config: words += ['--config', str(self.settings)]
        done = subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, text=True, timeout=60,
                              env={**os.environ, 'TZ': 'UTC', **(env or {})})
        return Ran(done)

    def right(self, *words, **more):
        ran = self.bounced(*words, **more)
        self.assertEqual(ran.code, 0, f'{words}: {ran}')
        return ran

    def wrong(self, code, *words, says=(), **more):
        ran = self.bounced(*words, **more)
        self.assertEqual(ran.code, code, f'{words}: {ran}')
        self.assertTrue(ran.err.startswith('bounced: '), ran)
        for text in [says] if isinstance(says, str) else says: self.assertIn(text, ran.err, f'{words}')
        return ran

    def import_mails(self, *mails):
        for i, mail in enumerate(mails): self.write(f'mails/{i:03}', mail)
        return self.right('import', self.dir / 'mails')


class Words(Case):
    """Wrong words end with 64, name what was wrong and say what was meant."""

    def test_unknown_command(self):
        self.wrong(USAGE, 'sumary', says=["unknown command 'sumary'", "did you mean 'summary'?"], config=False)
        self.wrong(USAGE, 'suppressions', 'exprot', says=["suppressions: unknown command 'exprot'", "'export'"], config=False)
        self.wrong(USAGE, 'frobnicate', says=["unknown command 'frobnicate'", 'the commands are: run, once'], config=False)

    def test_missing_command(self):
        self.wrong(USAGE, says=['which command?', 'one of: run, once'], config=False)
        self.wrong(USAGE, 'rules', says=['rules: which command?', 'list, show, test, dump'], config=False)

    def test_unknown_option(self):
        self.wrong(USAGE, 'parse', '--jsno', '-', says=["parse: unknown option '--jsno'", "did you mean '--json'?"])
        self.wrong(USAGE, 'parse', '--zzzzzz', '-', says=["unknown option '--zzzzzz'", 'bounced parse --help'])

    def test_missing_and_extra_words(self):
        self.wrong(USAGE, 'parse', says='parse: PATH is required')
        self.wrong(USAGE, 'explain', 'a', 'b', says=["explain: unexpected word 'b'"])

    def test_values_out_of_range(self):
        for jobs in ('0', '-1', '257', 'x', '1.5', ''):
            self.wrong(USAGE, 'parse', f'--jobs={jobs}', '-', says='no number from 1 to 256')
        self.wrong(USAGE, 'summary', '--format', 'jsn', says=["'jsn' is none of text, json", "did you mean 'json'?"])
        self.wrong(USAGE, 'summary', '--date', '2026-02-30', says="'2026-02-30' is no day")
        self.wrong(USAGE, 'suppressions', 'list', '--reason', 'user_unkown', says=["'user_unkown'", "'user_unknown'"])
        self.wrong(USAGE, 'why', 'nobody', says="'nobody' is no mail address")

    def test_help_and_version(self):
        for words in (['--help'], ['parse', '--help'], ['suppressions', 'export', '--help']):
            ran = self.right(*words, config=False)
            self.assertIn('Usage: bounced', ran.out)
            self.assertIn('--config', ran.out)
        self.assertRegex(self.right('--version', config=False).out, r'^bounced \d+\.\d+\.\d+\n$')

    def test_config_stands_before_or_behind_the_command(self):
        self.assertEqual(self.right('--config', self.settings, 'config', 'show', config=False).out,
                         self.right('config', 'show').out)


class Settings(Case):
    def test_missing_file(self):
        self.settings = self.dir / 'missing.toml'
        for words in (['parse', '-'], ['classify', '--text', 'x'], ['once'], ['run'], ['config', 'check'], ['config', 'show']):
            self.wrong(CONFIG, *words, says='missing.toml')

    def test_every_fault_is_said(self):
        self.settings = self.write('wrong.toml', '[database]\npth = "x"\n\n[[mailbox]]\nname = 3\nurl = "gopher://x"\n')
        ran = self.bounced('config', 'check')
        self.assertEqual(ran.code, CONFIG, ran)
        for text in ('wrong.toml:2', 'pth', 'path', 'wrong.toml:5', 'wrong.toml:6'): self.assertIn(text, ran.err)
        self.wrong(CONFIG, 'parse', '-', says='wrong.toml:2')

    def test_check_says_when_all_is_right(self):
        self.assertIn('bounced.toml: right (0 mailboxes, ', self.right('config', 'check').out)

    def test_example_is_right_and_shows_itself(self):
        self.settings = self.write('example.toml', self.right('config', 'example', config=False).out)
        self.right('config', 'check')
        shown = self.right('config', 'show').out
        self.settings = self.write('shown.toml', shown)
        self.assertEqual(self.right('config', 'show').out, shown)

    def test_manual(self):
        self.assertIn('.', self.right('config', 'manual', config=False).out)

    def test_no_mailbox(self):
        for command in ('run', 'once'): self.wrong(CONFIG, command, says=['names no mailbox', 'config example'])

    def test_secrets_are_not_shown(self):
        self.settings = self.write('secret.toml', '[[mailbox]]\nname = "a"\nurl = "imaps://h/INBOX"\nuser = "u"\npassword = "hunter2"\n')
        self.settings.chmod(0o600)
        self.assertNotIn('hunter2', self.right('config', 'show').out)


class Parse(Case):
    FIELDS = ['schema', 'file', 'kind', 'dialect', 'damage', 'reporting_mta', 'arrival_date', 'envelope_id', 'original',
              'verp_recipient', 'recipients']
    RECIPIENT = ['address', 'original_recipient', 'final_recipient', 'action', 'status', 'reply_code', 'diagnostic', 'remote_mta',
                 'vendor', 'category', 'reason', 'fault', 'permanence', 'confidence', 'rule', 'confirm', 'decision']

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
            done = subprocess.run([PROGRAM, 'parse', '-', '--config', self.settings], input='x', stdout=full, stderr=subprocess.PIPE,
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
        child = subprocess.Popen([PROGRAM, *map(str, words), '--config', str(self.settings)], stdin=subprocess.DEVNULL, stdout=slave,
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


class Rules(Case):
    OWN = '''[[rule]]
id = "{id}"
pattern = "{pattern}"
reason = "spam_content"
confidence = "strong"
source = "our own"
example = ["{example}"]
'''

    def test_list_show_dump(self):
        rules = self.right('rules', 'list').rows
        self.assertGreater(len(rules), 100)
        self.assertEqual(self.right('rules', 'list', '--vendor', 'vade').rows[0][0].split('/')[0], 'vade')
        shown = self.right('rules', 'show', 'vade/403-unknown-recipient').out
        self.assertIn('[[rule]]', shown)
        self.wrong(USAGE, 'rules', 'show', 'vade/403-unknown-recipent', says="did you mean 'vade/403-unknown-recipient'?")
        dumped = self.right('rules', 'dump').out
        self.assertIn('id = "vade/403-unknown-recipient"', dumped.replace("'", '"'))

    def test_the_shipped_rules_win_their_examples(self):
        self.assertIn('all as they say', self.right('rules', 'test').out)

    def test_own_rules(self):
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='too much blue', example='550 too much blue'))
        self.assertIn('own/blue', self.right('rules', 'list', '--directory', self.dir / 'rules').out)
        self.right('rules', 'test', '--directory', self.dir / 'rules')
        self.settings = self.write('own.toml', f'[rules]\ndirectory = "{self.dir}/rules"\n')
        [verdict] = self.right('classify', '--json', '--text', '550 too much blue').json
        self.assertEqual((verdict['rule'], verdict['reason']), ('own/blue', 'spam_content'))

    def test_wrong_rules(self):
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='too much blue', example='550 something else'))
        ran = self.bounced('rules', 'test', '--directory', self.dir / 'rules')
        self.assertEqual(ran.code, CONFIG, ran)
        for text in ('own.toml', 'own/blue', '1 fault'): self.assertIn(text, ran.err)
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='(', example='x'))
        self.wrong(CONFIG, 'rules', 'test', '--directory', self.dir / 'rules', says=['own/blue'])
        self.write('rules/own.toml', 'not toml')
        self.wrong(CONFIG, 'rules', 'test', '--directory', self.dir / 'rules', says=['own.toml:1'])
        self.wrong(CONFIG, 'rules', 'list', '--directory', self.dir / 'missing', says=['missing'])


class Database(Case):
    """Wrong databases: each has its exit code, its message and a remedy, and nothing is changed."""

    READING = (['suppressions', 'list'], ['suppressions', 'export'], ['suppressions', 'show', 'a@b.example'], ['retries'], ['summary'],
               ['issues', 'list'], ['why', 'a@b.example'])

    def test_missing(self):
        for words in self.READING: self.wrong(NO_INPUT, *words, says=str(self.database))
        self.assertFalse(self.database.exists())

    def test_missing_directory(self):
        self.settings = self.write('x.toml', f'[database]\npath = "{self.dir}/no/such/b.db"\n')
        self.wrong(IO, 'import', self.write('a', dsn('a@example.org')), says='no/such')

    def test_foreign(self):
        for text in (b'this is no database, but a text that is long enough to be looked at' * 50,):
            self.database.write_bytes(text)
            for words in self.READING: self.wrong(DATA, *words, says=str(self.database))
            self.wrong(DATA, 'import', self.write('a', dsn('a@example.org')), says=str(self.database))
            self.assertEqual(self.database.read_bytes(), text)
        self.database.unlink()
        with sqlite3.connect(self.database) as other: other.execute('create table cats (name)')
        other.close()
        before = self.database.read_bytes()
        for words in self.READING: self.wrong(DATA, *words, says=str(self.database))
        self.wrong(DATA, 'import', self.write('a', dsn('a@example.org')))
        self.assertEqual(self.database.read_bytes(), before)

    def test_newer(self):
        self.import_mails(dsn('a@example.org'))
        with sqlite3.connect(self.database) as database:
            version = database.execute('pragma user_version').fetchone()[0]
            database.execute(f'pragma user_version = {version + 1}')
        database.close()
        for words in self.READING: self.wrong(CONFIG, *words, says='newer')
        self.wrong(CONFIG, 'import', self.dir / 'mails', says='newer')

    def test_locked(self):
        self.import_mails(dsn('a@example.org'))
        holder = sqlite3.connect(self.database, isolation_level=None)
        holder.execute('begin immediate')
        try:
            self.right('suppressions', 'list')   # readers are not held up
            self.wrong(TRY_AGAIN, 'suppressions', 'add', 'b@example.org', says=str(self.database))
        finally:
            holder.rollback(); holder.close()
        self.right('suppressions', 'add', 'b@example.org')


class Data(Case):
    """What is imported comes out again: lists, exports, summary, why."""

    def setUp(self):
        super().setUp()
        self.import_mails(
            dsn('gone@example.org'),
            dsn('=cmd|calc@example.org', reply='550 5.1.1 =HYPERLINK("x"), no "such" user'),
            dsn('full@example.net', reply='452 4.2.2 Mailbox full', status='4.2.2', action='delayed'),
            dsn('blocked@example.com', reply='550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
                status='5.7.1'),
            'Subject: hello\n\nNo bounce at all.\n')

    def test_import_counts_once(self):
        again = dict(self.right('import', self.dir / 'mails').rows)
        self.assertEqual((again['mails'], again['seen before'], again['suppressed']), ('5', '5', '0'))
        [counts] = self.right('import', '--json', self.dir / 'mails').json
        self.assertEqual(counts['duplicates'], 5)
        # The same mail with other line ends is the same mail.
        crlf = self.write('crlf', (self.dir / 'mails/000').read_bytes().replace(b'\n', b'\r\n'))
        self.assertEqual(self.right('import', '--json', crlf).json[0]['duplicates'], 1)

    def test_list_and_filters(self):
        self.assertEqual([row[0] for row in self.right('suppressions', 'list').rows], ['=cmd|calc@example.org', 'gone@example.org'])
        self.assertEqual(self.right('suppressions', 'list', '--domain', 'example.com').out, '')
        self.assertEqual(self.right('suppressions', 'list', '--reason', 'mailbox_full').out, '')
        self.assertEqual(len(self.right('suppressions', 'list', '--source', 'policy', '--reason', 'user_unknown').rows), 2)

    FIELDS = ('address category reason fault status diagnostic vendor rule confidence count first_seen last_seen decided_at expires_at '
              'source mailbox message_id').split()

    def test_export(self):
        text = self.right('suppressions', 'export').out
        heading, *rows = csv.reader(io.StringIO(text, newline=''))
        self.assertEqual(heading, self.FIELDS)
        self.assertEqual([row[0] for row in rows], ["'=cmd|calc@example.org", 'gone@example.org'])
        self.assertEqual(rows[0][5], '550 5.1.1 =HYPERLINK("x"), no "such" user')
        objects = self.right('suppressions', 'export', '--json').json
        self.assertEqual([list(o) for o in objects], [self.FIELDS] * 2)
        self.assertEqual(objects[0]['address'], '=cmd|calc@example.org')
        self.assertEqual((objects[1]['count'], objects[1]['source'], objects[1]['mailbox']), (1, 'policy', 'import'))
        self.assertRegex(objects[1]['decided_at'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')
        self.assertEqual(objects[1]['expires_at'], '')

    def test_show_add_remove(self):
        pairs = dict(self.right('suppressions', 'show', 'GONE@Example.org').rows)
        self.assertEqual(pairs['source'], 'policy')
        self.assertIn('user_unknown', pairs['reason'])
        self.wrong(DATA, 'suppressions', 'show', 'other@example.org', says=['other@example.org is not suppressed'])
        self.right('suppressions', 'add', 'Other@example.org', '--reason', 'user_unknown', '--note', 'told by phone')
        [shown] = self.right('suppressions', 'show', '--json', 'other@example.org').json
        self.assertEqual((shown['source'], shown['reason']), ('manual', 'user_unknown'))
        self.assertIn('told by phone', self.right('why', 'other@example.org').out)
        self.right('suppressions', 'remove', 'other@example.org')
        self.assertIn('was not suppressed', self.right('suppressions', 'remove', 'other@example.org').err)
        self.wrong(DATA, 'suppressions', 'show', 'other@example.org')

    def test_a_complaint_needs_force(self):
        self.right('suppressions', 'add', 'spam@example.org', '--reason', 'complaint')
        with sqlite3.connect(self.database) as database:
            database.execute("update suppressions set source = 'complaint' where address = 'spam@example.org'")
        database.close()
        self.wrong(NO_PERMISSION, 'suppressions', 'remove', 'spam@example.org', says=['complaint', '--force'])
        self.right('suppressions', 'remove', '--force', 'spam@example.org')

    def test_retries(self):
        [row] = self.right('retries', '--json').json
        self.assertEqual(list(row), ['address', 'retry_after', 'attempts', 'reason', 'provider', 'message_id', 'list_id'])
        self.assertEqual((row['address'], row['reason']), ('full@example.net', 'mailbox_full'))
        self.assertEqual(self.right('retries').rows[0][0], 'full@example.net')
        self.right('retries', '--due'); self.right('retries', '--providers')

    def test_issues(self):
        [issue] = self.right('issues', 'list', '--json').json
        self.assertEqual((issue['reason'], issue['count'], issue['state']), ('ip_blocklisted', 1, 'open'))
        self.assertIn('zen.spamhaus.org', issue['sample'])
        self.assertEqual(len(self.right('issues', 'list').lines), 1)

    def test_why(self):
        out = self.right('why', 'Gone@example.org').out
        for text in ('suppressed since', 'user_unknown', '550 5.1.1 User unknown'): self.assertIn(text, out)
        [event] = self.right('why', '--json', 'gone@example.org').json
        self.assertEqual((event['reason'], event['status']), ('user_unknown', '5.1.1'))
        self.assertIn('no mail about it', self.right('why', 'stranger@example.org').out)

    def test_summary(self):
        text = self.right('summary').out
        for line in text.splitlines(): self.assertLessEqual(len(line), 80)
        for words in ('5 mails read', 'WHAT NEEDS YOU', '2 addresses suppressed', 'zen.spamhaus.org', '1 mail was not recognised'):
            self.assertIn(words, text)
        figures = json.loads(self.right('summary', '--format', 'json').out)
        self.assertEqual((figures['schema'], figures['mails'], figures['suppressions']['new'], figures['unrecognised']), (1, 5, 2, 1))
        self.assertEqual(json.loads(self.right('summary', '--date', 'today', '--format', 'json').out)['mails'], 5)
        self.assertIn('nothing needs you', self.right('summary', '--date', '2020-01-01').out)


class Mailboxes(Case):
    """once and run over mailboxes of files."""

    def directory(self, *addresses, after='leave'):
        for address in addresses: self.write(f'in/{address}', dsn(address))
        (self.dir / 'in').mkdir(exist_ok=True)
        self.settings = self.write('box.toml', f'poll_interval = "1h"\n[database]\npath = "{self.database}"\n'
                                   f'[[mailbox]]\nname = "files"\nurl = "dir:{self.dir}/in"\nafter_read = "{after}"\n')

    def test_once(self):
        self.directory('a@example.org', 'b@example.org')
        [row] = self.right('once').rows
        self.assertEqual((row[0], row[1], row[-1]), ('files', '2', 'ok'))
        [again] = self.right('once', '--json').json
        self.assertEqual((again['suppressed'], again['error']), (0, ''))
        self.assertEqual(len(self.right('suppressions', 'list').rows), 2)
        self.wrong(USAGE, 'once', '--mailbox', 'fils', says="the mailboxes are: files")

    def test_a_broken_mailbox_stops_no_other_and_decides_the_exit(self):
        self.directory('a@example.org')
        with open(self.settings, 'a') as settings:
            settings.write(f'[[mailbox]]\nname = "broken"\nurl = "imap://127.0.0.1:1/INBOX"\nuser = "u"\npassword_command = "echo x"\n')
        ran = self.bounced('once')
        self.assertEqual(ran.code, UNAVAILABLE, ran)
        self.assertIn('broken', ran.err)
        self.assertEqual({row[0]: row[-1] for row in ran.rows}, {'files': 'ok', 'broken': 'failed'})
        self.assertEqual(len(self.right('suppressions', 'list').rows), 1)
        self.assertIn('mailbox broken could not be read', self.right('summary').out)

    def start(self):
        child = subprocess.Popen([PROGRAM, 'run', '--config', str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 text=True)
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.kill)
        return child

    def read_until(self, child, text, seconds=20):
        seen, end = '', time.monotonic() + seconds
        while text not in seen:
            left = end - time.monotonic()
            self.assertTrue(left > 0 and select.select([child.stderr], [], [], max(left, 0))[0], f'no {text!r} in {seen}')
            line = child.stderr.readline()
            self.assertTrue(line, f'ended before {text!r}: {seen}')
            seen += line
        return seen

    def test_run_reloads_and_stops(self):
        self.directory('a@example.org')
        child = self.start()
        self.read_until(child, 'pass ended')
        self.assertEqual(len(self.right('suppressions', 'list').rows), 1)   # while it runs
        self.settings.write_text(self.settings.read_text().replace('[database]', '[databse]'))
        child.send_signal(signal.SIGHUP)
        self.read_until(child, 'reload failed')
        self.settings.write_text(self.settings.read_text().replace('[databse]', '[database]'))
        self.write('in/b', dsn('b@example.org'))
        child.send_signal(signal.SIGHUP)
        self.read_until(child, 'pass ended')
        self.assertEqual(len(self.right('suppressions', 'list').rows), 2)
        child.send_signal(signal.SIGTERM)
        self.read_until(child, 'stopped')
        self.assertEqual(child.wait(10), 0)


if __name__ == '__main__':
    if not PROGRAM: sys.exit(__doc__)
    unittest.main()
