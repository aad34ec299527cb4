#!/usr/bin/python3
"""The summary: its figures beside a count of our own, its forms, and its ways out, with servers that take, refuse and stall."""
import collections, datetime, email, email.policy, html.parser, os, pathlib, re, sqlite3, subprocess, sys, threading, time

import cli_case
from cli_case import *  # noqa: F403

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'support'))
import dovecot, json_schema, postfix  # noqa: E402
from scripted_smtp import CLOSE, STALL, ScriptedSmtp  # noqa: E402

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / 'contrib/schema/summary-1.json').read_text())
BLOCKED = '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'
FULL = '452 4.2.2 The email account that you tried to reach is over quota'
HOSTILE = '550 5.1.1 <script>alert(1)</script><img src=http://evil.example/x onerror="x"> \x1b[31m User unknown'
NIGHT = datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def unix(text): return text.replace('\r\n', '\n')


class Markup(html.parser.HTMLParser):
    """Whether tags are closed as they were opened, and which there are."""
    VOID = {'meta', 'wbr', 'br', 'hr', 'img', 'link', 'input', 'rect'}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.faults, self.texts = [], collections.Counter(), [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        for name, value in attrs:
            if name in ('href', 'src', 'xlink:href', 'background', 'action'): self.links.append((tag, name, value))
            if name.startswith('on'): self.faults.append(f'{tag} has {name}')
        if tag not in self.VOID: self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID: self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.faults.append(f'</{tag}> closes nothing')

    def handle_data(self, data): self.texts.append(data)


class Summary(Case):
    def fill(self):
        self.import_mails(*(dsn(f'gone{i}@example.org') for i in range(5)), *(dsn(f'ip{i}@example.net', BLOCKED, '5.7.1') for i in range(4)),
                          *(dsn(f'full{i}@example.com', FULL, '4.2.2') for i in range(3)), dsn('evil@example.org', HOSTILE),
                          'From: a@example.org\nSubject: hello\n\nNo bounce.\n')

    def json_of(self, *words):
        found = json.loads(self.right('summary', '--format', 'json', *words).out)
        self.assertEqual(json_schema.faults(found, SCHEMA), [])
        return found

    def with_summary(self, text):
        self.settings.write_text(f'[database]\npath = "{self.database}"\n[summary]\n{text}')

    def by_mail(self, server, more=''):
        self.with_summary(f'to = ["ops@example.org", "second@example.org"]\nfrom = "bounced@example.org"\nsmtp_url = "{server.url}"\n'
                          f'tls = "never"\ntimeout = "3s"\n{more}')


class Figures(Summary):
    def test_equal_a_count_of_our_own(self):
        self.fill()
        found = self.json_of()
        rows = sqlite3.connect(self.database)
        def words(sql): return dict(rows.execute(sql))
        by_reason = words('SELECT word.text, count(*) FROM event JOIN word ON word.id = event.reason GROUP BY 1')
        self.assertEqual({row['key']: row['count'] for row in found['by_reason']}, by_reason)
        self.assertGreaterEqual(len(by_reason), 3)
        self.assertEqual(found['events'], sum(by_reason.values()))
        self.assertEqual((found['mails'], found['events'], found['unrecognised']), (14, 13, 1))
        self.assertEqual(found['suppressions']['new'], rows.execute('SELECT count(*) FROM suppression').fetchone()[0])
        self.assertEqual(found['suppressions']['active'], 6)
        self.assertEqual(found['hard_bounces'], 6)
        self.assertEqual(found['permanent_not_suppressed'], 4)   # the block list says 554
        self.assertEqual(found['retries']['pending'], rows.execute('SELECT count(*) FROM retry WHERE done_at = 0').fetchone()[0])
        self.assertEqual([(i['count'], i['in_range']) for i in found['issues']], [(4, 4)])
        self.assertEqual([need['kind'] for need in found['needs']], ['issue'])
        self.assertEqual(sum(p['count'] for p in found['providers']), 13)
        self.assertEqual({s['source'] for s in found['suppressions']['sample']}, {'policy'})

    def test_a_day_is_the_same_later(self):
        self.fill()
        before = self.json_of('--date', NIGHT)
        day = 24 * 3600
        # Two days pass: what was told is two days older.
        rows = sqlite3.connect(self.database)
        for table, column in (('mail', 'seen_at'), ('outbox', 'at'), ('issue_report', 'at'), ('retry_level', 'at'), ('suppression', 'decided_at')):
            rows.execute(f'UPDATE {table} SET {column} = {column} - {2 * day}')
        rows.execute(f'UPDATE provider_hour SET hour = hour - 48')
        rows.commit()
        then = (datetime.date.fromisoformat(NIGHT) - datetime.timedelta(days=2)).isoformat()
        first = self.json_of('--date', then)
        for key in ('mails', 'events', 'by_reason', 'permanent_not_suppressed'): self.assertEqual(first[key], before[key], key)
        text, page = self.right('summary', '--date', then).out, self.right('summary', '--date', then, '--format', 'html').out
        for i, more in enumerate([dsn('new@example.org'), dsn('ip9@example.net', BLOCKED, '5.7.1'), dsn('full0@example.com', FULL + ' again', '4.2.2')]):
            self.write(f'more/{i}', more)
        self.right('import', self.dir / 'more')
        self.right('suppressions', 'remove', 'gone0@example.org')
        self.right('suppressions', 'add', 'ip0@example.net', '--reason', 'user_unknown')
        self.right('issues', 'mute', first['issues'][0]['id'])
        later = self.json_of('--date', then)
        for found in (first, later): found['retries'].pop('sample')
        self.assertEqual(later, first)
        self.assertEqual(self.right('summary', '--date', then).out, text)
        self.assertEqual(self.right('summary', '--date', then, '--format', 'html').out, page)
        self.assertEqual(self.json_of('--date', NIGHT)['events'], 3)

    def test_rates_need_to_know_what_was_sent(self):
        self.fill()
        self.assertEqual({r['state'] for r in self.json_of()['rates']}, {'unknown'})
        self.with_summary('sent_per_day = 100\n')
        found = self.json_of()
        self.assertEqual((found['sent'], [(r['name'], r['percent'], r['state']) for r in found['rates']][0]), (100, ('bounces', 6, 'warn')))
        self.assertIn('rate', [need['kind'] for need in found['needs']])
        self.assertIn('6.00 % bounces', self.right('summary').out)
        counts = self.write('sent', f'2026-01-01 5\n{NIGHT} 10000\nrubbish\n{NIGHT} x\n')
        self.with_summary(f'sent_per_day = 100\nsent_count_file = "{counts}"\n')
        self.assertEqual(self.json_of('--date', NIGHT)['sent'], 10000)
        self.assertEqual(self.json_of('--date', '2026-01-02')['sent'], 100)

    def test_words(self):
        self.wrong(USAGE, 'summary', '--date', 'x', says='is no day')
        self.wrong(NO_INPUT, 'summary')
        self.fill()
        self.wrong(USAGE, 'summary', '--night', '2026-02-30', says='is no night')
        self.wrong(USAGE, 'summary', '--night', NIGHT, '--date', NIGHT, says='two ranges')
        self.wrong(USAGE, 'summary', '--send', '--date', NIGHT, says='nights are sent')
        self.wrong(CONFIG, 'summary', '--send', says='does not say where')


class Html(Summary):
    def page(self, *words):
        text = self.right('summary', '--format', 'html', *words).out
        markup = Markup(text)
        self.assertEqual((markup.faults, markup.open), ([], []))
        for tag in ('script', 'img', 'link', 'iframe', 'form', 'object', 'video'): self.assertEqual(markup.tags[tag], 0, tag)
        for tag, name, value in markup.links: self.assertTrue(tag == 'a' and re.match('https?://', value), (tag, name, value))
        self.assertNotRegex(text, r'@import|url\(|expression\(')
        self.assertIn('<html lang="en">', text)
        self.assertEqual((markup.tags['h1'], markup.tags['main']), (1, 1))
        self.assertEqual(markup.tags['table'] - text.count('role="presentation"'), markup.tags['caption'])
        self.assertEqual(markup.tags['svg'], markup.tags['desc'])
        return text, markup

    def test_is_a_page(self):
        self.fill()
        text, markup = self.page()
        self.assertGreaterEqual(markup.tags['svg'], 1)
        self.assertIn('scope="col"', text)
        self.assertIn('prefers-color-scheme:dark', text)
        self.assertIn('What needs you', text)
        self.assertIn('&lt;script&gt;', text)
        self.assertNotIn('\x1b', text)

    def test_of_an_empty_night_is_short(self):
        self.import_mails(dsn('a@example.org'))
        text, markup = self.page('--date', '2026-01-01')
        self.assertIn('Nothing needs you', text)
        self.assertEqual((markup.tags['table'], markup.tags['svg'], markup.tags['section']), (0, 0, 1))


class Sending(Summary):
    def sent(self): return sqlite3.connect(self.database).execute('SELECT night, way, state, attempts, failures FROM summary_sent ORDER BY night, way').fetchall()

    def test_once(self):
        self.fill()
        with ScriptedSmtp() as server:
            self.by_mail(server, 'formats = ["text", "html", "json"]\n')
            self.assertIn('is sent (mail)', self.right('summary', '--send').err)
            self.assertIn('sent before', self.right('summary', '--send').err)
            self.assertIn('was sent before (mail)', self.right('summary', '--send', '--night', 'last').err)
            [mail] = server.mails
        self.assertEqual((mail.sender, mail.recipients), ('', ['ops@example.org', 'second@example.org']))
        self.assertTrue(all(len(line) <= 998 and line.endswith(b'\r\n') for line in mail.data.splitlines(True)))
        message = email.message_from_bytes(mail.data, policy=email.policy.default)
        self.assertEqual(message.defects, [])
        self.assertEqual(message['Auto-Submitted'], 'auto-generated')
        self.assertEqual(message['To'], 'ops@example.org, second@example.org')
        self.assertIn(NIGHT, message['Message-ID'])
        self.assertLess(abs(message['Date'].datetime.timestamp() - time.time()), 60)
        page, figures = message.iter_parts()
        text, html_part = page.iter_parts()
        self.assertEqual([p.get_content_type() for p in (page, text, html_part, figures)],
                         ['multipart/alternative', 'text/plain', 'text/html', 'application/json'])
        self.assertEqual(unix(text.get_content()), self.right('summary', '--night', 'last').out)
        self.assertEqual(unix(html_part.get_content()), self.right('summary', '--night', 'last', '--format', 'html').out)
        self.assertEqual(figures.get_content().decode(), self.right('summary', '--night', 'last', '--format', 'json').out)

    def test_refused_is_tried_again_and_told(self):
        self.fill()
        with ScriptedSmtp({'RCPT': '450 4.2.0 greylisted'}) as server:
            self.by_mail(server)
            self.wrong(TRY_AGAIN, 'summary', '--send', says=['could not be sent', '450 4.2.0 greylisted'])
            server.answers = {'END': '554 5.7.1 we do not want it'}
            self.wrong(UNAVAILABLE, 'summary', '--send', says='554 5.7.1 we do not want it')
            self.assertEqual(server.mails, [])
            self.assertEqual(self.sent(), [(NIGHT, 'mail', 'failed', 0, 2)])
            server.answers = {}
            self.right('summary', '--send')
            self.assertEqual(len(server.mails), 1)
        self.assertEqual(self.sent(), [(NIGHT, 'mail', 'sent', 1, 2)])
        found = self.json_of()
        self.assertEqual([need['kind'] for need in found['needs']], ['sending', 'issue'])
        self.assertEqual(len(found['unsent']), 2)
        self.assertIn('could not be sent 2 times', self.right('summary').out)

    def test_an_answer_that_never_comes_is_one_more_try_with_the_same_id(self):
        self.fill()
        for way in (STALL, CLOSE):
            with self.subTest(way=way), ScriptedSmtp({'END': way}) as server:
                sqlite3.connect(self.database, isolation_level=None).execute('DELETE FROM summary_sent') if self.database.exists() else None
                self.by_mail(server)
                self.wrong(TRY_AGAIN, 'summary', '--send', says='may have been sent or not')
                self.assertIn('left at that', self.bounced('summary', '--send').err)
                self.bounced('summary', '--send')
                self.bounced('summary', '--send', '--night', 'last')
                ids = {email.message_from_bytes(m.data)['Message-ID'] for m in server.mails}
                self.assertEqual((len(server.mails), len(ids)), (2, 1))
                self.assertEqual(self.sent(), [(NIGHT, 'mail', 'uncertain', 2, 2)])

    def test_killed_at_any_place(self):
        self.fill()
        for place, mails in (('summary_claimed', 1), ('summary_carried_out', 2)):
            with self.subTest(place=place), ScriptedSmtp() as server:
                sqlite3.connect(self.database, isolation_level=None).execute('DELETE FROM summary_sent') if place != 'summary_claimed' else None
                self.by_mail(server)
                killed = self.bounced('summary', '--send', env={'BOUNCED_FAILPOINT': place})
                if killed.code == 0: self.skipTest('this build has no failpoints')
                self.assertEqual(killed.code, 86)
                self.assertIn('once more: nobody had confirmed', self.right('summary', '--send').err)
                self.right('summary', '--send')
                self.assertEqual((len(server.mails), len({email.message_from_bytes(m.data)['Message-ID'] for m in server.mails})), (mails, 1))

    def test_two_at_once_send_one(self):
        self.fill()
        with ScriptedSmtp() as server:
            self.by_mail(server)
            codes = []
            threads = [threading.Thread(target=lambda: codes.append(self.bounced('summary', '--send').code)) for _ in range(6)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            self.assertEqual(len(server.mails), 1)
            self.assertLessEqual(set(codes), {0, TRY_AGAIN})
            self.right('summary', '--send')
            self.assertEqual(len(server.mails), 1)

    def test_missed_nights_are_made_up(self):
        self.fill()
        with ScriptedSmtp() as server:
            self.by_mail(server)
            self.right('summary', '--send')
            day = datetime.date.fromisoformat(NIGHT)
            def date(back): return (day - datetime.timedelta(days=back)).isoformat()
            sqlite3.connect(self.database, isolation_level=None).execute('UPDATE summary_sent SET night = ?', (date(6),))
            server.mails.clear()
            self.right('summary', '--send')
            self.assertEqual([row[0] for row in self.sent()], [date(6), date(2), date(1), date(0)])
            self.assertEqual(len(server.mails), 3)

    def test_tls_and_sign_in(self):
        self.fill()
        dovecot.make_certificates(self.dir, ('127.0.0.1',))
        password = self.write('password', 'sesame\n')
        password.chmod(0o600)
        with ScriptedSmtp(tls=self.dir, users={'me': 'sesame'}) as server:
            mail = f'to = ["ops@example.org"]\nfrom = "bounced@example.org"\nenvelope_from = "back@example.org"\nsmtp_url = "{server.url}"\ntimeout = "5s"\n'
            self.with_summary(mail + f'user = "me"\npassword_file = "{password}"\n')
            self.wrong(CONFIG, 'summary', '--send', says='certificate is not trusted')
            self.with_summary(mail + f'user = "me"\npassword_file = "{password}"\nca_file = "{self.dir}/ca.pem"\n')
            password.write_text('wrong\n')
            ran = self.wrong(NO_PERMISSION, 'summary', '--send', says='sign-in was refused')
            self.assertNotIn('wrong', ran.err)
            password.write_text('sesame\n')
            self.right('summary', '--send')
            [taken] = server.mails
            self.assertEqual((taken.user, taken.tls, taken.sender), ('me', True, 'back@example.org'))
        with ScriptedSmtp() as server:
            self.with_summary(f'to = ["ops@example.org"]\nfrom = "bounced@example.org"\nsmtp_url = "{server.url}"\n')
            sqlite3.connect(self.database, isolation_level=None).execute('DELETE FROM summary_sent')
            self.wrong(CONFIG, 'summary', '--send', says='offers no STARTTLS')
            self.assertEqual(server.mails, [])

    def test_file_and_command(self):
        self.fill()
        program = self.write('take', f'#!/bin/sh\ncat > {self.dir}/taken-$BOUNCED_NIGHT\n')
        program.chmod(0o755)
        self.with_summary(f'to = ["ops@example.org"]\nfrom = "bounced@example.org"\nformats = ["text", "json"]\nfile = "{self.dir}/page-{{night}}"\n'
                          f'command = ["{program}"]\n')
        self.right('summary', '--send')
        self.assertEqual((self.dir / f'page-{NIGHT}.txt').read_text(), self.right('summary', '--night', 'last').out)
        self.assertFalse((self.dir / f'page-{NIGHT}.html').exists())
        taken = (self.dir / f'taken-{NIGHT}').read_bytes()
        self.assertNotIn(b'\r', taken)
        self.assertEqual(email.message_from_bytes(taken)['To'], 'ops@example.org')
        self.assertEqual([row[1:3] for row in self.sent()], [('command', 'sent'), ('file', 'sent')])
        sqlite3.connect(self.database, isolation_level=None).execute('DELETE FROM summary_sent')
        program.write_text('#!/bin/sh\necho it is full >&2\nexit 3\n')
        self.wrong(UNAVAILABLE, 'summary', '--send', says=['exit code 3: it is full'])
        self.assertEqual([row[1:3] for row in self.sent()], [('command', 'failed'), ('file', 'sent')])

    def test_by_a_real_postfix(self):
        why = postfix.available()
        if why: self.skipTest(why)
        from smtp_replies import ReplyServer
        self.fill()
        hop = ReplyServer({}, collect={'example.org'}).start()
        try:
            with postfix.Postfix(self.dir / 'postfix', hop.port, 1) as mta:
                self.with_summary(f'to = ["ops@example.org"]\nfrom = "bounced@example.org"\nsmtp_url = "smtp://127.0.0.1:{mta.port}"\ntls = "never"\n')
                self.right('summary', '--send')
                for _ in range(100):
                    if hop.collected: break
                    time.sleep(0.1)
                [(recipient, data)] = hop.collected
        finally: hop.stop()
        message = email.message_from_bytes(data, policy=email.policy.default)
        self.assertEqual((recipient, message.defects), ('ops@example.org', []))
        self.assertEqual(unix(message.get_body(('plain',)).get_content()), self.right('summary', '--night', 'last').out)


class Daemon(Summary):
    def test_run_sends_at_its_time(self):
        """Its time was half a minute ago: it begins with the next night; where one was sent before, it sends this one."""
        self.fill()
        (self.dir / 'box').mkdir()
        with ScriptedSmtp() as server:
            self.by_mail(server)
            text = self.settings.read_text()
            at = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=2)).strftime('%H:%M')
            self.settings.write_text(text + f'at = "{at}"\n[[mailbox]]\nname = "box"\nurl = "dir:{self.dir}/box"\nafter_read = "leave"\n')
            for expected in (0, 1):
                run = subprocess.Popen([cli_case.PROGRAM, 'run', '--config', str(self.settings)], stderr=subprocess.PIPE, text=True, env={**os.environ, 'TZ': 'UTC'})
                for _ in range(60):
                    time.sleep(0.1)
                    if len(server.mails) > expected or self.database_says('SELECT count(*) FROM summary_sent'): break
                time.sleep(0.5)
                began = time.monotonic()
                run.terminate()
                said = run.communicate(timeout=30)[1]
                self.assertLess(time.monotonic() - began, 3)
                self.assertEqual(run.returncode, 0, said)
                self.assertEqual(len(server.mails), expected, said)
                if expected: self.assertIn('summary sent', said)
                sqlite3.connect(self.database, isolation_level=None).execute("UPDATE summary_sent SET night = date(night, '-1 day'), state = 'sent', way = 'mail'")

    def database_says(self, sql):
        try: return sqlite3.connect(self.database).execute(sql + " WHERE night = ?", (NIGHT,)).fetchone()[0]
        except sqlite3.Error: return 0


if __name__ == '__main__': main()
