#!/usr/bin/python3
"""Killed anywhere, ends the same: drains a mailbox of N mails with `bounced once`, killed (SIGKILL) at random moments and started again until
it is done, and compares the database and the mailbox with those of an undisturbed drain of the same mails.

    tests/crash/kill.py [--mails 2000] [--kills 40] [--seed N]

Fails when a mail is lost, counted twice, or when fewer kills than half of those asked for hit a running program.
"""
import argparse, contextlib, os, pathlib, random, re, signal, sqlite3, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import dovecot, mail_factory, scene  # noqa: E402

# What tells when the program ran, numbers rows in the order of their coming, or belongs to one of the two mailboxes: not part of the state that must be equal.
PASSING = {'id', 'uid_validity', 'number', 'seen_at', 'decided_at', 'event_id', 'since', 'until', 'expires_at', 'retry_after', 'reported_at', 'again', 'written_at', 'hour'}
# The reports tell which batch brought what: how a kill cut the batches, they say; their sums are in the rows that they are about.
LEFT_OUT = {'word', 'run', 'mailbox_cursor', 'issue_report', 'unknown_report', 'slowdown_report', 'wave_report', 'retry_level', 'forgotten_key', 'clearing'}


def state(path):
    """Every table as a sorted list of rows, with ids replaced by what they stand for."""
    database = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    words = dict(database.execute('SELECT id, text FROM word'))
    addresses = dict(database.execute('SELECT id, address FROM address'))
    mails = dict(database.execute('SELECT mail_id, hex(hash) FROM content'))
    keys = dict(database.execute('SELECT id, name FROM verdict_key'))
    tables = {}
    for table, sql in database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        if table in LEFT_OUT: continue
        spelled = set(re.findall(r'^\s*(\w+)\s+INTEGER[^\n]*--\s*word', sql, re.M))
        rows = []
        cursor = database.execute(f'SELECT * FROM {table}')
        names = [column[0] for column in cursor.description]
        for row in cursor:
            shown = {}
            for name, value in zip(names, row):
                if name in PASSING or name == 'at' and table == 'outbox': continue
                if name in spelled: value = words.get(value, '')
                elif name == 'address_id': value = addresses.get(value)
                elif name == 'key_id': value = keys.get(value)
                elif name == 'mail_id': value = mails.get(value)
                elif isinstance(value, bytes): value = value.hex()
                shown[name] = value
            rows.append(repr(shown))
        tables[table] = sorted(rows)
    return tables


def folders(imap, user):
    root = imap.maildir(user)
    found = {}
    for path in [root, *(p for p in root.iterdir() if p.is_dir() and p.name.startswith('.'))]:
        count = sum(len(list((path / name).iterdir())) for name in ('new', 'cur') if (path / name).is_dir())
        if count: found['INBOX' if path == root else path.name] = count
    return found


class Drain:
    def __init__(self, imap, directory, user, mails):
        self.imap, self.user, self.database = imap, user, directory / f'{user}.db'
        imap.deliver(mail_factory.mails(mails), user=user)
        self.settings = directory / f'{user}.toml'
        self.settings.write_text(scene.SETTINGS.format(database=self.database, url=imap.url, user=user, password_file=imap.password_file,
                                                       ca_file=imap.ca_file) + 'batch_mails = 25\n')

    def start(self): return subprocess.Popen([scene.program(), 'once', '--config', str(self.settings)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def finish(self):
        process = self.start()
        said = process.communicate(timeout=300)[0].decode()
        if process.returncode: sys.exit(f'bounced once: exit {process.returncode}\n{said}')


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('--mails', type=int, default=2000)
    words.add_argument('--kills', type=int, default=40)
    words.add_argument('--seed', type=int, default=int(time.time()))
    given = words.parse_args()
    why = dovecot.available()
    if why: print(f'skipped: {why}'); sys.exit(77)
    dice = random.Random(given.seed)
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='kill-')))
        imap = stack.enter_context(dovecot.Dovecot(directory / 'dovecot'))
        calm = Drain(imap, directory, 'calm@returns.example', given.mails)
        start = time.monotonic()
        calm.finish()
        whole = time.monotonic() - start
        wild = Drain(imap, directory, 'wild@returns.example', given.mails)
        hits = 0
        for _ in range(given.kills):
            process = wild.start()
            # Most kills early, so that many fit into one drain.
            time.sleep(dice.uniform(0.02, max(0.1, whole * 2.5 / given.kills)))
            hits += process.poll() is None
            process.kill()
            process.communicate()
        wild.finish()
        one, other = state(calm.database), state(wild.database)
        for table in one:
            # Both drains read a mailbox of the same name from the settings, so that nothing else differs.
            if one[table] != other.get(table):
                only_calm = [row for row in one[table] if row not in set(other.get(table, []))][:5]
                only_wild = [row for row in other.get(table, []) if row not in set(one[table])][:5]
                sys.exit(f'seed {given.seed}: table {table} differs ({len(one[table])} rows, {len(other.get(table, []))} after the kills)\n'
                         f'undisturbed only: {only_calm}\nafter kills only: {only_wild}')
        if folders(imap, calm.user) != folders(imap, wild.user):
            sys.exit(f'seed {given.seed}: mailboxes differ: {folders(imap, calm.user)} and {folders(imap, wild.user)}')
        rows = {table: len(found) for table, found in one.items() if found}
        if hits < given.kills / 2: sys.exit(f'seed {given.seed}: only {hits} of {given.kills} kills hit a running program')
        print(f'{given.mails} mails, {hits} kills (seed {given.seed}): database and mailbox equal those of the undisturbed drain: {rows}, '
              f'{folders(imap, wild.user)}')


if __name__ == '__main__': main()
