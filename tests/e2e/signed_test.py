#!/usr/bin/python3
"""Signed return paths on the real road: a mail goes to the listener of contrib/verp/postfix-master.cf, signed-sendmail signs it, Postfix sends
it, the receiver refuses, Postfix writes the bounce, Dovecot gets it, and bounced takes it for signed. Beside it: a mail that nobody
signed, a forged bounce, and a bounce of one, which must not be signed."""
import contextlib, os, pathlib, pwd, shutil, smtplib, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import dovecot, postfix, scene  # noqa: E402
from ports import free_port  # noqa: E402
from smtp_replies import Answer, ReplyServer  # noqa: E402

CONTRIB = HERE.parents[1] / 'contrib/verp'
DEAD, LONG, PLAIN, FORGED = 'gone@far.example', 'x' * 60 + '@far.example', 'plain@far.example', 'victim@far.example'
FAULTS = []

# Postfix's own sendmail(1) wants to know of an instance in the system's main.cf, so the mail comes back by SMTP.
SENDMAIL = '''#!/usr/bin/python3
import smtplib, sys
words = sys.argv[1:]
with smtplib.SMTP('127.0.0.1', {port}, timeout=30) as smtp:
    smtp.sendmail(words[words.index('-f') + 1], [words[-1]], sys.stdin.buffer.read())
'''
FORGERY = '''From: MAILER-DAEMON@mx.far.example
To: bounces@returns.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <forged@mx.far.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.far.example

Final-Recipient: rfc822; victim@far.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/rfc822-headers

From: news@sender.example
Message-ID: <guessed@sender.example>

--b--
'''


def check(what, got, wanted):
    if got != wanted: FAULTS.append(f'{what}:\n    got    {got}\n    wanted {wanted}')


class Road(contextlib.ExitStack):
    def __init__(self, directory):
        super().__init__()
        self.dir = pathlib.Path(directory)
        self.dir.chmod(0o755)
        refusals = {a: Answer('RCPT', '550 5.1.1 User unknown') for a in (DEAD, LONG, PLAIN)}
        self.receivers = ReplyServer(refusals).start()
        self.callback(self.receivers.stop)
        self.imap = self.enter_context(dovecot.Dovecot(self.dir / 'dovecot', lmtp=True))
        self.write_settings()
        self.signing_port = free_port()
        self.mta = self.make_postfix()
        self.sendmail.write_text(SENDMAIL.format(port=self.mta.port))
        self.enter_context(self.mta)

    def write_settings(self):
        """What the user of pipe(8) reads is his; the program is copied to where he can reach it."""
        self.program = shutil.copy(scene.program(), self.dir / 'bounced')
        self.script = shutil.copy(CONTRIB / 'signed-sendmail', self.dir / 'signed-sendmail')
        self.sendmail = self.dir / 'sendmail'
        self.sendmail.touch(0o755)
        self.settings = self.dir / 'bounced.toml'
        mailbox = scene.SETTINGS.format(database=self.dir / 'bounced.db', url=self.imap.url, user=self.imap.user,
                                        password_file=self.imap.password_file, ca_file=self.imap.ca_file)
        key = self.dir / 'verp.key'
        self.settings.write_text(f'{mailbox}require = "signed"\n\n[authenticity]\nsender_domains = ["sender.example"]\n'
                                 f'verp_keys = ["{key}"]\nverp_return_paths = ["bounces@returns.example"]\n')
        self.bounced('verp', 'key', str(key))
        os.chown(key, pwd.getpwnam('nobody').pw_uid, -1)

    def make_postfix(self):
        master = '\n' + (CONTRIB / 'postfix-master.cf').read_text()
        for old, new in (('127.0.0.1:10587', f'127.0.0.1:{self.signing_port}'), ('user=bounced', 'user=nobody'),
                         ('/usr/local/lib/bounced/signed-sendmail', f'/usr/bin/env SENDMAIL={self.sendmail} '
                          f'BOUNCED={self.dir}/signing-bounced {self.script}')):
            if old not in master: raise RuntimeError(f'postfix-master.cf has no {old}')
            master = master.replace(old, new)
        wrapper = self.dir / 'signing-bounced'
        wrapper.write_text(f'#!/bin/sh\nverb=$1 noun=$2; shift 2\nexec {self.program} "$verb" "$noun" --config {self.settings} "$@"\n')
        wrapper.chmod(0o755)
        return postfix.Postfix(self.dir / 'postfix', self.receivers.port, self.imap.lmtp_port,
                               extra=(CONTRIB / 'postfix-main.cf').read_text(), extra_master=master)

    def bounced(self, *words): return scene.run_bounced(self.settings, *words)

    def submit(self, sender, recipient, mail, port=None):
        with smtplib.SMTP('127.0.0.1', port or self.signing_port, timeout=30) as smtp: smtp.sendmail(sender, [recipient], mail)

    def inbox(self):
        inbox = self.imap.maildir()
        return [p for name in ('new', 'cur') if (inbox / name).exists() for p in (inbox / name).iterdir()]

    def wait(self, count, seconds=60):
        end = time.time() + seconds
        while len(self.inbox()) < count and time.time() < end: time.sleep(0.2)
        if len(self.inbox()) != count: raise RuntimeError(f'{len(self.inbox())} of {count} mails arrived:\n{self.mta.log()[-4000:]}')


def send_all(road):
    mail = lambda to: scene.MAIL.format(to=to, name=to.replace('@', '.'))  # noqa: E731
    road.submit('bounces@returns.example', DEAD, mail(DEAD))
    road.submit('bounces@returns.example', LONG, mail(LONG))                      # the short form
    road.submit('bounces@returns.example', PLAIN, mail(PLAIN), road.mta.port)     # past the signing listener
    road.submit('', 'bounces@returns.example', FORGERY)                           # a bounce: its null sender must stay
    road.wait(4)


def event_of(road, address):
    [event] = road.bounced('why', '--json', address)
    return {key: event[key] for key in ('authenticity', 'outcome', 'authenticity_because')}


def main():
    why = scene.available()
    if why: print(f'skipped: {why}'); sys.exit(77)
    with tempfile.TemporaryDirectory(prefix='e2e-') as directory, Road(directory) as road:
        send_all(road)
        forged = [p for p in road.inbox() if b'<forged@mx.far.example>' in p.read_bytes()]
        check('the null sender of what went through the listener', [b'Return-Path: <>' in p.read_bytes() for p in forged], [True])
        [counts] = road.bounced('once', '--json')
        check('counts', {k: counts[k] for k in ('mails', 'suppressed', 'distrusted')}, {'mails': 4, 'suppressed': 2, 'distrusted': 2})
        held = 'the signature of its return path holds'
        for address in (DEAD, LONG):
            check(address, event_of(road, address), {'authenticity': 'signed', 'outcome': 'suppress', 'authenticity_because': held})
        for address in (PLAIN, FORGED):
            check(address, event_of(road, address), {'authenticity': 'matched', 'outcome': 'distrusted',
                                                     'authenticity_because': 'the Message-ID of the returned mail is ours'})
    print('\n'.join(FAULTS))
    print(f'4 mails, {len(FAULTS)} faults')
    sys.exit(1 if FAULTS else 0)


if __name__ == '__main__': main()
