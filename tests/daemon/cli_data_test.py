#!/usr/bin/python3
"""Databases and mailboxes: what goes in by import, once and run, and what comes out."""
import csv, email.utils, io, json, os, select, signal, socket, sqlite3, subprocess, time

import cli_case
from cli_case import *  # noqa: F403

COMPLAINT = '''\
From: feedback@provider.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody called it spam.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: provider/1.0
Version: 1
Original-Rcpt-To: spam@example.org

--b
Content-Type: message/rfc822

From: News <news@sender.example>
To: spam@example.org
Subject: News
Message-ID: <news-2@sender.example>

Hello.

--b--
'''


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
            dsn('grey@example.net', reply='450 4.7.1 Greylisted, please try again later', status='4.7.1'),
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
              'source mailbox message_id scope sender').split()

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

    PAIR = 'pair@example.org'

    def refuse_the_sender(self):
        """Three refusals on three days: suppressed for mail from sender.example alone."""
        now = time.time()
        for days in (20, 10, 0):
            mail = dsn(self.PAIR, reply='550 5.7.1 Recipient has blocked your address', status='5.7.1')
            self.right('import', '-', stdin=mail.replace(TODAY, email.utils.formatdate(now - days * 86400)))

    def test_a_pair_never_looks_global(self):
        self.refuse_the_sender()
        everyone = ['=cmd|calc@example.org', 'gone@example.org']
        scopes = {o['address']: (o['scope'], o['sender']) for o in self.right('suppressions', 'export', '--json').json}
        self.assertEqual(scopes, {**{a: ('global', '') for a in everyone}, self.PAIR: ('pair', 'sender.example')})
        rows = list(csv.DictReader(io.StringIO(self.right('suppressions', 'export', '--map', 'ses').out, newline='')))
        self.assertEqual([(r['address'], r['scope'], r['sender']) for r in rows][-1], (self.PAIR, 'pair', 'sender.example'))
        export = lambda *words: self.right('suppressions', 'export', *words).lines
        self.assertEqual(export('--plain'), everyone)
        self.assertEqual(export('--plain', '--scope', 'global'), everyone)
        self.assertEqual(export('--plain', '--scope', 'all'), everyone + [self.PAIR])
        self.assertEqual(export('--plain', '--scope', 'pair'), [self.PAIR])
        self.assertEqual(len(export('--scope', 'global')), 1 + len(everyone))
        self.assertEqual([o['address'] for o in self.right('suppressions', 'export', '--json', '--scope', 'pair').json], [self.PAIR])
        for more in ('--json', '--map=ses'): self.wrong(USAGE, 'suppressions', 'export', '--plain', more, says='--plain')
        self.wrong(USAGE, 'suppressions', 'export', '--scope', 'globl', says="did you mean 'global'")
        self.assertEqual([row[5] for row in self.right('suppressions', 'list', '--scope', 'pair').rows], ['pair with sender.example'])
        self.assertEqual(dict(self.right('suppressions', 'show', self.PAIR).rows)['scope'], 'pair with sender.example')
        [sample] = [s for s in json.loads(self.right('summary', '--format', 'json').out)['suppressions']['sample'] if s['address'] == self.PAIR]
        self.assertEqual((sample['scope'], sample['sender']), ('pair', 'sender.example'))

    def test_export_in_the_words_of_another_system(self):
        objects = self.right('suppressions', 'export', '--json', '--map', 'sparkpost').json
        self.assertEqual([list(o) for o in objects], [[*self.FIELDS, 'mapped']] * 2)
        self.assertEqual(objects[0]['mapped'], '10')
        rows = list(csv.reader(io.StringIO(self.right('suppressions', 'export', '--map', 'ses').out, newline='')))
        self.assertEqual([row[-1] for row in rows], ['mapped'] + ['Permanent/General'] * 2)

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
        self.right('import', '-', stdin=COMPLAINT)
        self.assertEqual(self.right('suppressions', 'list', '--source', 'complaint').rows[0][0], 'spam@example.org')
        self.wrong(NO_PERMISSION, 'suppressions', 'remove', 'spam@example.org', says=['complaint', '--force'])
        self.right('suppressions', 'remove', '--force', 'spam@example.org')

    def test_retries(self):
        [row] = self.right('retries', '--json').json
        self.assertEqual(list(row), ['address', 'retry_after', 'attempts', 'reason', 'provider', 'message_id', 'list_id'])
        self.assertEqual((row['address'], row['reason']), ('grey@example.net', 'greylisted'))
        self.assertEqual(self.right('retries').rows[0][0], 'grey@example.net')
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
        self.settings = self.write('box.toml', f'[run]\npoll_interval = "1h"\n[database]\npath = "{self.database}"\n'
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

    def start(self, **env):
        child = subprocess.Popen([cli_case.PROGRAM, 'run', '--config', str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 env={**os.environ, **env})
        child.unread = ''
        self.addCleanup(child.stderr.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def read_until(self, child, text, seconds=20):
        """Reads the log on standard error up to a line with the text, and leaves what follows for the next call."""
        end = time.monotonic() + seconds
        while text not in child.unread:
            left = end - time.monotonic()
            ready = left > 0 and select.select([child.stderr], [], [], left)[0]
            piece = os.read(child.stderr.fileno(), 65536) if ready else b''
            self.assertTrue(piece, f'no {text!r} in {child.unread}')
            child.unread += piece.decode()
        child.unread, line = child.unread[child.unread.index('\n', child.unread.index(text)):], child.unread.partition(text)[2]
        return text + line.partition('\n')[0]

    def test_run_reloads_and_stops(self):
        self.directory('a@example.org')
        child = self.start()
        self.read_until(child, 'pass ended')
        self.assertEqual(len(self.right('suppressions', 'list').rows), 1)   # while it runs
        self.settings.write_text(self.settings.read_text().replace('[database]', '[databse]'))
        child.send_signal(signal.SIGHUP)
        self.assertRegex(self.read_until(child, 'reload failed'), r"box\.toml:3: .*databse")   # file, line, reason
        self.settings.write_text(self.settings.read_text().replace('[databse]', '[database]'))
        self.write('in/b', dsn('b@example.org'))
        child.send_signal(signal.SIGHUP)
        self.read_until(child, 'pass ended')
        self.assertEqual(len(self.right('suppressions', 'list').rows), 2)
        child.send_signal(signal.SIGTERM)
        self.read_until(child, 'stopped')
        self.assertEqual(child.wait(10), 0)

    RULE = '''[[rule]]
id = "own/{colour}"
pattern = "colour is"
reason = "user_unknown"
source = "our own"
example = "550 colour is {colour}"
'''

    def test_run_reloads_rules_and_keeps_the_last_good_ones(self):
        self.directory('a@example.org')
        self.settings.write_text(self.settings.read_text().replace('"1h"', '"1s"') + f'[rules]\ndirectory = "{self.dir}/rules"\n')
        mail = lambda address: self.write(f'in/{address}', dsn(address, reply='550 colour is mauve', status='5.0.0'))
        rule_of = lambda: {row['address']: row['rule'] for row in self.right('suppressions', 'export', '--json').json}
        self.write('rules/own.toml', self.RULE.format(colour='blue'))
        mail('b@example.org')
        child = self.start()
        self.wait_for(lambda: self.database.exists())
        self.read_until(child, 'pass ended')
        self.assertEqual(rule_of()['b@example.org'], 'own/blue')
        # Wrong in each of its ways: said with the place, and the rules in force stay.
        for n, (wrong, says) in enumerate(((self.RULE.replace('user_unknown', 'user_unkown'), r'rules/own\.toml:4: .*user_unknown'),
                                           (self.RULE.replace('colour is"', '("'), r'rules/own\.toml:1: .*own/red'),
                                           ('[[rule]\n', r'rules/own\.toml:1: '))):
            self.write('rules/own.toml', wrong.format(colour='red'))
            child.send_signal(signal.SIGHUP)
            self.assertRegex(self.read_until(child, 'reload failed'), says)
            mail(f'c{n}@example.org')
            self.read_until(child, 'pass ended')
            self.wait_for(lambda: f'c{n}@example.org' in rule_of())
            self.assertEqual(rule_of()[f'c{n}@example.org'], 'own/blue')
        self.write('rules/own.toml', self.RULE.format(colour='green'))
        mail('d@example.org')
        child.send_signal(signal.SIGHUP)
        self.read_until(child, 'reloaded')
        mail('e@example.org')
        self.wait_for(lambda: 'e@example.org' in rule_of())
        self.assertEqual(rule_of()['e@example.org'], 'own/green')
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(10), 0)

    def test_run_tells_the_service_manager(self):
        self.directory('a@example.org')
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(self.dir / 'notify'))
        manager.settimeout(20)
        child = self.start(NOTIFY_SOCKET=str(self.dir / 'notify'))
        told = []
        while 'WATCHDOG=1' not in told: told.append(manager.recv(4096).decode())
        self.assertEqual(told[0], 'READY=1')
        self.assertIn('STATUS=reading files', told)
        child.send_signal(signal.SIGHUP)
        while told[-1] != 'RELOADING=1': told.append(manager.recv(4096).decode())
        while told[-1] != 'READY=1': told.append(manager.recv(4096).decode())
        child.send_signal(signal.SIGTERM)
        while told[-1] != 'STOPPING=1': told.append(manager.recv(4096).decode())
        self.assertEqual(child.wait(10), 0)

    def test_the_log_is_json_where_it_is_asked_for_and_masks_addresses(self):
        self.directory()
        log = self.dir / 'log'
        for addresses, shown in (('full', 'postmaster@example.org'), ('none', '<address>')):
            self.settings.write_text(f'[database]\npath = "{self.database}"\n[log]\nformat = "json"\nfile = "{log}"\n'
                                     f'addresses = "{addresses}"\n[[mailbox]]\nname = "x"\nurl = "dir:{self.dir}/postmaster@example.org"\n')
            log.write_text('')
            child = self.start()
            self.wait_for(lambda: 'pass failed' in log.read_text())
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(10), 0)
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            self.assertEqual(lines[0]['event'], 'started')
            [failed] = [line for line in lines if line['event'] == 'pass failed']
            self.assertEqual((failed['level'], failed['mailbox']), ('error', 'x'))
            self.assertIn(shown, failed['error'])
            self.assertEqual('postmaster@' in log.read_text(), addresses == 'full')

    def wait_for(self, true, seconds=20):
        end = time.monotonic() + seconds
        while not true():
            self.assertLess(time.monotonic(), end, 'waited in vain')
            time.sleep(0.02)


if __name__ == '__main__': cli_case.main()
