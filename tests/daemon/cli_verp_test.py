#!/usr/bin/python3
"""verp sign, verify and key, and what the program tells of reports by how sure they are."""
import base64, hmac, re, shutil, subprocess, time

import cli_case
from cli_case import *  # noqa: F403

PATH = 'returns@sender.example'


class Verp(Case):
    def setUp(self):
        super().setUp()
        self.key = self.dir / 'verp.key'
        self.right('verp', 'key', self.key, config=False)
        self.use(self.key)

    def use(self, *keys, more='', mailbox=''):
        files = ', '.join(f'"{key}"' for key in keys)
        self.settings = self.write('bounced.toml', f'''[database]
path = "{self.database}"
{mailbox}
[authenticity]
verp_keys = [{files}]
verp_return_paths = ["{PATH}", "shop@sender.example"]
{more}''')

    def sign(self, address, *words): return self.right('verp', 'sign', address, *words).lines[0]
    def result(self, address, *words):
        ran = self.bounced('verp', 'verify', '--json', address, *words)
        [record] = ran.json
        self.assertEqual(ran.code, 0 if record['result'] == 'valid' else DATA)
        return record['result']


    def signed_for(self, recipient, day):
        text = f'bounced return path 1\n{day}\n{PATH}\n{recipient}'
        made = hmac.digest(self.key.read_text().strip().encode(), text.encode(), 'sha256')
        tag = base64.b32encode(made).decode().lower()[:12]
        return f'returns+{day}-{tag}-{recipient.replace("@", "=")}@sender.example'


class Key(Verp):
    def test_nobody_else_can_read_it(self):
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        self.assertRegex(self.key.read_text(), r'\A[0-9a-f]{64}\n\Z')

    def test_each_is_another(self):
        self.assertNotEqual(self.right('verp', 'key', '-').out, self.right('verp', 'key', '-').out)

    def test_an_old_one_is_not_written_over(self):
        before = self.key.read_text()
        self.wrong(73, 'verp', 'key', self.key, says='is there already')
        self.assertEqual(self.key.read_text(), before)
        (self.dir / 'link').symlink_to(self.dir / 'elsewhere')
        self.wrong(73, 'verp', 'key', self.dir / 'link')
        self.wrong(73, 'verp', 'key', self.dir / 'no/such/directory', says='No such file')

    def test_short_and_missing_ones(self):
        self.use(self.write('short', 'secret\n'))
        self.wrong(CONFIG, 'verp', 'sign', 'user@far.example', says='too short')
        self.wrong(CONFIG, 'config', 'check', says='verp key')
        self.use(self.write('two lines', 'a' * 40 + '\n' + 'b' * 40 + '\n'))
        self.wrong(CONFIG, 'verp', 'sign', 'user@far.example', says='more than one line')
        self.use(self.dir / 'nothing')
        self.wrong(CONFIG, 'verp', 'sign', 'user@far.example', says='there is no such file')
        self.use(self.write('31', 'a' * 31 + '\n'))   # 32 bytes with the line end: the reader counts better than `config check`
        self.wrong(CONFIG, 'verp', 'sign', 'user@far.example', says='holds 31 characters, and 32 are wanted')

    def test_others_can_read_it(self):
        self.key.chmod(0o640)
        self.assertIn('can be read by others', self.bounced('config', 'check').err)

    def test_no_key(self):
        self.settings = self.write('bounced.toml', '')
        for command in ('sign', 'verify'): self.wrong(CONFIG, 'verp', command, 'user@far.example', says='there is no key')


class Sign(Verp):
    def test_form(self):
        self.assertRegex(self.sign('User@Far.example'), r'\Areturns\+\d{5}-[a-z2-7]{12}-user=far\.example@sender\.example\Z')
        self.assertEqual(self.sign('User@Far.example'), self.sign('user@far.example'))
        self.assertNotEqual(self.sign('a@far.example'), self.sign('b@far.example').replace('-b=', '-a='))

    def test_days_and_return_path(self):
        first, second = self.sign('user@far.example', '--days', '1'), self.sign('user@far.example', '--days', '2')
        self.assertEqual(int(second[8:13]) - int(first[8:13]), 1)
        self.use(self.key, more='verp_expires = "2d"')
        self.assertEqual(self.sign('user@far.example'), second)
        self.assertRegex(self.sign('user@far.example', '--for', 'news@lists.example'), r'\Anews\+\d{5}-\w{12}-user=far.example@lists.example\Z')
        for wrong in ('0', '-1', '366', 'x'): self.wrong(USAGE, 'verp', 'sign', 'a@b.example', '--days', wrong)

    def test_many(self):
        ran = self.bounced('verp', 'sign', '-', 'last@far.example', stdin='a@far.example\r\n\nno address\n  b@far.example')
        self.assertEqual(ran.code, DATA)
        self.assertEqual([re.sub(r'-\w{12}', '', line.partition('+')[2][5:]) for line in ran.lines],
                         ['-a=far.example@sender.example', '', '', '-b=far.example@sender.example', '-last=far.example@sender.example'])
        self.assertIn("'no address' is no mail address", ran.err)

    def test_long_recipients(self):
        long = 'x' * 60 + '@far.example'
        record = self.right('verp', 'sign', '--json', long).json[0]
        self.assertEqual((record['form'], record['recipient']), ('short', long))
        self.assertLessEqual(record['return_path'].index('@'), 64)
        self.assertEqual(self.result(record['return_path']), 'short')
        self.assertEqual(self.result(record['return_path'], '--recipient', long), 'valid')
        self.assertEqual(self.result(record['return_path'], '--recipient', 'y' + long[1:]), 'wrong')

    def test_long_return_paths(self):
        base = 'x' * 45 + '@sender.example'
        self.assertEqual(self.result(self.sign('a@b.example', '--for', base), '--recipient', 'a@b.example'), 'valid')
        self.wrong(DATA, 'verp', 'sign', 'a@b.example', '--for', 'x' + base, says='may have 45 characters')

    def test_other_separators(self):
        for separator in ('-', '_', '='):
            self.use(self.key, more=f'verp_separator = "{separator}"')
            address = self.sign('user@far.example')
            self.assertTrue(address.startswith(f'returns{separator}'), address)
            self.assertEqual(self.result(address), 'valid')

    def test_nothing_to_sign(self):
        self.settings = self.write('bounced.toml', f'[authenticity]\nverp_keys = ["{self.key}"]\n')
        self.wrong(CONFIG, 'verp', 'sign', 'a@b.example', says='verp_return_paths')
        self.wrong(DATA, 'verp', 'sign', 'a@b.example', '--for', 'nobody', says="'nobody' is no return path")


class Verify(Verp):
    def test_results(self):
        good = self.sign('user@far.example')
        for change, wanted in ((good, 'valid'), (good.upper(), 'valid'), (good.replace('user', 'other'), 'wrong'),
                               (good.replace('returns', 'shop'), 'wrong'), (good.replace('@sender', '@other'), 'wrong'),
                               (good[:8] + str(int(good[8:13]) + 1) + good[13:], 'wrong'), (good[:14] + good[15:], 'broken'),
                               ('returns@sender.example', 'unsigned'), ('', 'unsigned'), ('returns+20000-aaaaaaaaaaaa-user=far.example@sender.example', 'wrong')):
            self.assertEqual(self.result(change), wanted, change)
        self.assertEqual(self.result(good, '--recipient', 'USER@far.example'), 'valid')
        self.assertEqual(self.result(good, '--recipient', 'other@far.example'), 'other_recipient')
        self.wrong(USAGE, 'verp', 'verify', good, '--recipient', 'x')

    def test_many(self):
        good = self.sign('user@far.example')
        ran = self.bounced('verp', 'verify', '-', stdin=f'{good}\n{good}x\n')
        self.assertEqual((ran.code, [row[0] for row in ran.rows]), (DATA, ['valid', 'wrong']))
        self.right('verp', 'verify', '-', good, stdin=f'{good}\n')

    def test_keys_are_changed(self):
        old = self.sign('user@far.example')
        fresh = self.dir / 'fresh.key'
        self.right('verp', 'key', fresh)
        self.use(fresh, self.key)
        new = self.sign('user@far.example')
        self.assertNotEqual(old, new)
        for address in (old, new): self.assertEqual(self.result(address), 'valid')
        self.use(fresh)
        self.assertEqual([self.result(address) for address in (old, new)], ['wrong', 'valid'])

    def test_the_tag_is_what_the_manual_says(self):
        """HMAC-SHA256 made by Python, which is not the code under test."""
        address = self.sign('user@far.example')
        self.assertEqual(address, self.signed_for('user@far.example', int(address[8:13])))


class Levels(Verp):
    MAILBOX = '[[mailbox]]\nname = "returns"\nurl = "dir:{}"\nrequire = "signed"\n'

    def setUp(self):
        super().setUp()
        self.use(self.key, mailbox=self.MAILBOX.format(self.dir / 'inbox'), more='sender_domains = ["sender.example"]')

    def to(self, mail, address): return mail.replace('To: bounces@sender.example', f'To: {address}', 1)

    def test_parse_and_explain(self):
        true = self.to(dsn('user@far.example'), self.sign('user@far.example'))
        forged = self.to(dsn('user@far.example'), self.sign('other@far.example'))
        for mail, level, because in ((true, 'signed', 'the signature of its return path holds'),
                                     (forged, 'contradicted', 'the return path names one recipient, the returned mail another'),
                                     (dsn('user@far.example'), 'matched', 'the Message-ID of the returned mail is ours'),
                                     (dsn('user@far.example').replace('<news-1@sender.example>', '<1@spam.example>'), 'contradicted',
                                      'our From, and a Message-ID that is not ours')):
            path = self.write('mail', mail)
            self.assertEqual(self.right('parse', path).json[0]['recipients'][0]['authenticity'], level)
            explained = self.right('explain', path).out
            self.assertIn(level, explained)
            self.assertIn(because, explained)
        self.assertIn(PATH + ' until 20', self.right('explain', self.write('mail', true)).out)

    def test_once_why_and_summary(self):
        self.write('inbox/1', self.to(dsn('true@far.example'), self.sign('true@far.example')))
        self.write('inbox/2', dsn('forged@far.example'))
        self.write('inbox/3', dsn('blocked@far.example', reply='554 5.7.1 Client host blocked using zen.spamhaus.org', status='5.7.1'))
        [counts] = self.right('once', '--json').json
        self.assertEqual((counts['suppressed'], counts['distrusted'], counts['alerts']), (1, 2, 0))
        self.assertEqual([row[0] for row in self.right('suppressions', 'list').rows], ['true@far.example'])
        self.assertEqual(self.right('issues', 'list').out, '')
        [event] = self.right('why', '--json', 'forged@far.example').json
        self.assertEqual((event['outcome'], event['authenticity']), ('distrusted', 'matched'))
        self.assertIn('matched: the Message-ID of the returned mail is ours', self.right('why', 'forged@far.example').out)
        self.assertIn('signed', self.right('why', 'true@far.example').out)
        summary = json.loads(self.right('summary', '--format', 'json', '--date', 'today').out)
        self.assertEqual(summary['distrusted'], {'events': 2, 'by_cause': [{'key': 'the Message-ID of the returned mail is ours', 'count': 2}]})
        self.assertEqual((summary['mails'], summary['events']), (3, 1))
        self.assertIn('FORGED OR BACKSCATTER: 2', self.right('summary', '--date', 'today').out)

    def test_import_takes_what_its_mailbox_wants(self):
        mail = self.write('mail', dsn('user@far.example'))
        for words, suppressed in ((('--mailbox', 'returns'), 0), (('--require', 'signed'), 0), (('--require', 'matched'), 1), ((), 1),
                                  (('--mailbox', 'returns', '--require', 'plausible'), 1)):
            self.database.unlink(missing_ok=True)
            [counts] = self.right('import', '--json', mail, *words).json
            self.assertEqual((counts['suppressed'], counts['distrusted']), (suppressed, 1 - suppressed), words)

    def test_the_time_of_arrival_counts(self):
        """A signature that has expired since, but held when the mail came, still holds; what the mail's Date says does not matter."""
        yesterday = int(time.time()) // 86400 - 1
        mail = self.to(dsn('user@far.example'), self.signed_for('user@far.example', yesterday))
        for age, outcome in ((3, 'suppress'), (0, 'distrusted')):
            self.database.unlink(missing_ok=True)
            shutil.rmtree(self.dir / 'inbox', ignore_errors=True)
            path = self.write('inbox/mail', mail)
            os.utime(path, (path.stat().st_mtime - age * 86400,) * 2)
            self.right('once')
            [event] = self.right('why', '--json', 'user@far.example').json
            self.assertEqual(event['outcome'], outcome)
        self.assertEqual(event['authenticity_because'], 'the signature of its return path has expired')


class Contrib(Verp):
    """What contrib/verp has ready: it works as it stands there."""

    FILES = pathlib.Path(__file__).resolve().parents[2] / 'contrib/verp'

    def send(self, *words, mail='Subject: x\n\nHello.\n', code=0):
        """Runs signed-sendmail; gives [return path, recipient, mail] for each copy that it sent."""
        stub = self.write('sendmail', '#!/bin/sh\nprintf "%s\\t%s\\t" "$3" "$5" >>"$SENT"; cat >>"$SENT"; printf "\\0" >>"$SENT"\n')
        stub.chmod(0o755)
        sent = self.write('sent', '')
        wrapper = self.write('bounced', f'#!/bin/sh\nverb=$1 noun=$2; shift 2\nexec {cli_case.PROGRAM} $verb $noun --config {self.settings} "$@"\n')
        wrapper.chmod(0o755)
        done = subprocess.run([self.FILES / 'signed-sendmail', *words], input=mail, text=True, capture_output=True,
                              env={**os.environ, 'BOUNCED': str(wrapper), 'SENDMAIL': f'{stub} -i', 'SENT': str(sent)})
        self.assertEqual(done.returncode, code, done.stderr)
        return [copy.split('\t', 2) for copy in sent.read_text().split('\0')[:-1]]

    def test_signed_sendmail(self):
        copies = self.send('a@far.example', 'b@far.example')
        self.assertEqual([copy[1:] for copy in copies], [['a@far.example', 'Subject: x\n\nHello.\n'], ['b@far.example', 'Subject: x\n\nHello.\n']])
        for path, recipient, _ in copies: self.assertEqual(self.result(path, '--recipient', recipient), 'valid')

    def test_senders(self):
        for sender, wanted in (('news@lists.example', r'news\+\d{5}-\w{12}-a=far\.example@lists\.example'),
                               ('list-bounces+a=far.example@lists.example', r'list-bounces\+\d{5}-\w{12}-a=far\.example@lists\.example'),
                               ('owner+news@lists.example', r'owner\+news\+\d{5}-\w{12}-a=far\.example@lists\.example'),
                               ('', ''), ('<>', '')):
            [[path, recipient, _]] = self.send('-f', sender, '--', 'a@far.example')
            self.assertRegex(path, rf'\A{wanted}\Z')
            self.assertEqual(recipient, 'a@far.example')
        signed = self.sign('a@far.example')
        self.assertEqual(self.send('-f', signed, '--', 'a@far.example')[0][0], signed)

    def test_signed_sendmail_fails(self):
        self.send(code=64)
        self.send('-f', code=64)
        self.send('-x', 'a@far.example', code=64)
        self.assertEqual(self.send('no address', code=75), [])
        self.use(self.dir / 'nothing')
        self.assertEqual(self.send('a@far.example', code=75), [])   # never unsigned

    def test_mailman(self):
        password = self.write('password', 'x\n')
        password.chmod(0o600)
        text = (self.FILES / 'mailman.toml').read_text().replace('/etc/bounced/password', str(password))
        self.settings = self.write('bounced.toml', text.replace('imaps://mail.example.org/INBOX', f'dir:{self.dir}/inbox')
                                   + f'[database]\npath = "{self.database}"\n')
        mail = dsn('user@far.example').replace('To: bounces@sender.example', 'To: list-bounces+user=far.example@lists.example.org', 1)
        ours = mail.replace('Subject: News\n', 'Subject: News\nList-Id: A list <list.lists.example.org>\n')
        self.write('inbox/ours', ours)
        self.write('inbox/spam', mail.replace('user', 'other').replace('<news-1@sender.example>', '<1@spam.example>'))
        [counts] = self.right('once', '--json').json
        self.assertEqual((counts['suppressed'], counts['distrusted']), (1, 1))
        [event] = self.right('why', '--json', 'user@far.example').json
        self.assertEqual((event['authenticity'], event['outcome']), ('matched', 'suppress'))
        self.settings = self.write('x.toml', text.replace('#verp', 'verp').replace('/etc/bounced/verp.key', str(self.key)).replace('"matched"', '"signed"'))
        self.assertEqual(self.right('config', 'check').err, '')

    def test_mailman_sends_its_own_verp(self):
        """verp_format of mailman.cfg, filled in as Mailman does, is what the settings read."""
        import string
        [form] = re.findall(r'^verp_format: (.*)$', (self.FILES / 'mailman.cfg').read_text(), re.M)
        path = string.Template(form).substitute(bounces='list-bounces', local='user', domain='far.example') + '@lists.example.org'
        report = self.right('parse', self.write('mail', dsn('x@far.example').replace('bounces@sender.example', path, 1))).json[0]
        self.assertEqual(report['verp_recipient'], 'user@far.example')


if __name__ == '__main__': cli_case.main()
