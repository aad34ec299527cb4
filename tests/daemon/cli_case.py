"""What the tests of the command line have in common: a directory of their own, mails, and the real program started in it.

Each test reads like a transcript: what is run, then what must come out and what the exit code is.
"""
import email.utils, json, os, pathlib, subprocess, sys, tempfile, unittest

PROGRAM = ''   # set by main()
USAGE, DATA, NO_INPUT, UNAVAILABLE, IO, TRY_AGAIN, NO_PERMISSION, CONFIG = 64, 65, 66, 69, 74, 75, 77, 78

TODAY = email.utils.formatdate()   # what is long over is not to be mailed again
DSN = '''\
Return-Path: <>
Date: {date}
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
Arrival-Date: {date}

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
Date: {date}

Hello.

--b--
'''


def dsn(address, reply='550 5.1.1 User unknown', status='5.1.1', action='failed'):
    return DSN.format(address=address, reply=reply, status=status, action=action, date=TODAY)


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
        self.assertIn('bounced: ', ran.err)
        for text in [says] if isinstance(says, str) else says: self.assertIn(text, ran.err, f'{words}')
        return ran

    def import_mails(self, *mails):
        for i, mail in enumerate(mails): self.write(f'mails/{i:03}', mail)
        return self.right('import', self.dir / 'mails')


def main():
    """Takes the program from the first word; the others are unittest's."""
    global PROGRAM
    if len(sys.argv) < 2: sys.exit('give the path of bounced')
    PROGRAM = sys.argv.pop(1)
    unittest.main()
