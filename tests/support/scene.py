#!/usr/bin/python3
"""The whole road in one directory: a sending Postfix, receivers that answer from a table, and a Dovecot that the bounces arrive in.

    with Scene(directory) as scene:
        scene.send_all()              # a mail to each recipient of tests/e2e/replies.tsv, and some with several
        scene.wait()                  # until every bounce and delay notice has been delivered to the mailbox
        scene.settings                # a bounced.toml for that mailbox
        scene.bounced('once')         # runs the real program

    scene.py fill --dir D             builds the mailbox, prints where the settings are, and serves until it is interrupted
"""
import contextlib, dataclasses, json, os, pathlib, signal, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import dovecot, postfix  # noqa: E402
from smtp_replies import Answer, ReplyServer  # noqa: E402

RETURN = 'bounces@returns.example'
MAIL = '''From: News <news@sender.example>
To: {to}
Subject: News of the week
Message-ID: <{name}@sender.example>
Date: Mon, 02 Nov 2026 10:00:00 +0000
List-Id: The news <news.sender.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello, here is the news of this week.
'''
SETTINGS = '''[database]
path = "{database}"

[[mailbox]]
name = "returns"
url = "{url}"
user = "{user}"
password_file = "{password_file}"
ca_file = "{ca_file}"
'''


@dataclasses.dataclass
class Row:
    address: str
    stage: str
    reply: str
    reason: str
    outcome: str


def table():
    rows = []
    for line in (HERE.parent / 'e2e/replies.tsv').read_text(encoding='utf-8').splitlines():
        if not line or line.startswith('#'): continue
        address, stage, reply, reason, outcome = line.split('\t')
        rows.append(Row(address, stage, reply.replace('\\n', '\n'), reason, outcome))
    return rows


def program():
    """The bounced under test: $BOUNCED, else the newest build."""
    if os.environ.get('BOUNCED'): return os.environ['BOUNCED']
    built = sorted(HERE.parents[1].glob('build/*/daemon/bounced'), key=lambda p: p.stat().st_mtime)
    if not built: sys.exit('bounced is not built: cmake --preset dev && cmake --build --preset dev')
    return str(built[-1])


def run_bounced(settings, *words):
    """Runs the program and gives its JSON Lines."""
    done = subprocess.run([program(), *words, '--config', str(settings)], capture_output=True, text=True)
    if done.returncode: raise RuntimeError(f'bounced {" ".join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}')
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]


def available(): return postfix.available() or dovecot.available()


class Scene:
    def __init__(self, directory, database=''):
        self.dir = pathlib.Path(directory)
        self.database = database or self.dir / 'bounced.db'
        self.rows = table()
        self.stack = contextlib.ExitStack()
        self.expected_mails = 0
        self.mta = None

    def __enter__(self):
        self.receivers = ReplyServer({row.address: Answer(row.stage, row.reply) for row in self.rows}).start()
        self.stack.callback(self.receivers.stop)
        self.imap = self.stack.enter_context(dovecot.Dovecot(self.dir / 'dovecot', lmtp=True))
        self.mta = self.stack.enter_context(postfix.Postfix(self.dir / 'postfix', self.receivers.port, self.imap.lmtp_port))
        self.write_settings()
        return self

    def write_settings(self):
        self.settings = self.dir / 'bounced.toml'
        self.settings.write_text(SETTINGS.format(database=self.database, url=self.imap.url, user=self.imap.user,
                                                 password_file=self.imap.password_file, ca_file=self.imap.ca_file))

    def __exit__(self, *error): self.stack.__exit__(*error)

    def send(self, recipients, name, **options):
        self.mta.send(RETURN, recipients, MAIL.format(to=', '.join(recipients), name=name), **options)
        self.expected_mails += 1

    def send_all(self):
        """One mail to each recipient; then one to four dead ones of different receivers, and one that asks for a success report."""
        for row in self.rows: self.send([row.address], row.address.replace('@', '.'))
        self.send(['first@multi.example', 'nosuch@alpha.example', 'p571-unknown@theta.example', 'full@mu.example'], 'several')
        self.send(['happy@multi.example'], 'success', rcpt_options=['NOTIFY=SUCCESS,FAILURE'])

    def log(self): return self.mta.log() if self.mta else self.imap.log()

    def mails(self):
        """Mails that lie in the inbox."""
        inbox = self.imap.maildir()
        return sum(len(list((inbox / name).iterdir())) for name in ('new', 'cur') if (inbox / name).exists())

    def wait(self, seconds=90):
        """Until each mail has its report. Postfix's queue then holds only the deferred ones; they are dropped, so that nothing more comes."""
        end = time.time() + seconds
        while self.mails() < self.expected_mails and time.time() < end: time.sleep(0.2)
        if self.mta: self.mta.drop_queue()
        if self.mails() < self.expected_mails:
            raise RuntimeError(f'{self.mails()} of {self.expected_mails} reports arrived:\n{self.log()[-3000:]}')
        return self.mails()

    def bounced(self, *words, check=True, **options):
        done = subprocess.run([program(), *words, '--config', str(self.settings)], capture_output=True, text=True, **options)
        if check and done.returncode: raise RuntimeError(f'bounced {" ".join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}')
        return done

    def records(self, *words): return [json.loads(line) for line in self.bounced(*words).stdout.splitlines() if line.strip()]


def main():
    if sys.argv[1:2] != ['fill']: sys.exit(__doc__)
    why = available()
    if why: sys.exit(f'scene.py: {why}')
    with contextlib.ExitStack() as stack:
        directory = sys.argv[3] if sys.argv[2:3] == ['--dir'] else stack.enter_context(tempfile.TemporaryDirectory(prefix='bounced-'))
        scene = stack.enter_context(Scene(directory))
        scene.send_all()
        print(f'mails={scene.wait()}\nsettings={scene.settings}', flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == '__main__': main()
