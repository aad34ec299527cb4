#!/usr/bin/python3
"""`bounced run` beside a real Dovecot: new mail is decided as it comes, though the next poll is an hour away; also after the server
was restarted. A server without IDLE, and one that is not to be used for it, is polled.

    imap_watch_test.py BOUNCED [--mails N]      N mails (default 20), one by one; prints how long each took to be decided
"""
import argparse, contextlib, pathlib, shutil, signal, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import mail_factory, scene  # noqa: E402
from dovecot import Dovecot  # noqa: E402

FAULTS = []


def check(what, good, said=''):
    if not good: FAULTS.append(f'{what} {said}')


def events(database):
    try:
        with contextlib.closing(sqlite3.connect(f'file:{database}?mode=ro', uri=True)) as connection:
            return connection.execute('SELECT count(*) FROM mail').fetchone()[0]
    except sqlite3.Error: return 0


def wait_for(what, test, seconds):
    """Seconds that it took; None when it did not happen."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if test(): return time.monotonic() - begun
        time.sleep(0.002)
    FAULTS.append(f'{what}: not within {seconds} s')
    return None


class Daemon:
    def __init__(self, program, directory, imap, more='', poll='1h'):
        self.dir, self.database, self.log = directory, directory / 'bounced.db', directory / 'log'
        settings = directory / 'bounced.toml'
        settings.write_text(f'[run]\npoll_interval = "{poll}"\n\n' + scene.SETTINGS.format(
            database=self.database, url=imap.url, user=imap.user, password_file=imap.password_file,
            ca_file=imap.ca_file) + more)
        self.command = [program, 'run', '--config', settings]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=self.log.open('w'), stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try: code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'killed'
        self.ending = time.monotonic() - begun
        check('a stop ends it well', code == 0, f'({code})')
        check('a stop ends it soon', self.ending < 8, f'({self.ending:.1f} s)')

    def said(self, words): return words in self.log.read_text()


def new_mail_is_decided_at_once(program, directory, imap, mails):
    batch = list(mail_factory.mails(mails + 1))
    with Daemon(program, directory, imap) as daemon:
        wait_for('the first pass', lambda: events(daemon.database) == 0 and daemon.database.exists(), 20)
        time.sleep(1)
        times = []
        for number, mail in enumerate(batch[:mails], 1):
            imap.deliver([mail])
            took = wait_for(f'mail {number} is decided', lambda: events(daemon.database) >= number, 20)
            if took is None: break
            times.append(took)
        times.sort()
        if times:
            print(f'{len(times)} mails: median {times[len(times) // 2] * 1000:.0f} ms, 99 % within '
                  f'{times[min(len(times) - 1, len(times) * 99 // 100)] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms')
            check('the median is below a second', times[len(times) // 2] < 1, f'({times[len(times) // 2]:.2f} s)')
        imap.restart()
        wait_for('it is told that new mail can\'t be watched for', lambda: daemon.said("can't be watched for"), 20)
        wait_for('it watches again', lambda: daemon.said('watched for again'), 40)
        imap.deliver([batch[mails]])
        wait_for('a mail after the restart is decided', lambda: events(daemon.database) >= mails + 1, 20)


def polled(program, directory, imap, more, words):
    with Daemon(program, directory, imap, more, poll='2s') as daemon:
        wait_for('the first pass', lambda: daemon.database.exists(), 20)
        if words: wait_for('it says so', lambda: daemon.said(words), 20)
        imap.deliver(mail_factory.mails(1))
        wait_for('a polled mail is decided', lambda: events(daemon.database) == 1, 30)
        check('nobody watches', not daemon.said("can't be watched"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('--mails', type=int, default=20)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        for part in ('idle', 'without', 'disabled'): (directory / part).mkdir()
        with Dovecot(directory / 'dovecot') as imap:
            new_mail_is_decided_at_once(program, directory / 'idle', imap, options.mails)
            shutil.rmtree(imap.maildir(), ignore_errors=True)
            polled(program, directory / 'disabled', imap, 'disable = ["IDLE"]\n', '')
        with Dovecot(directory / 'dovecot2', without=['IDLE']) as imap:
            polled(program, directory / 'without', imap, '', 'the server has no IDLE')
    for fault in FAULTS: print('FAULT', fault)
    sys.exit(1 if FAULTS else 0)


if __name__ == '__main__': main()
