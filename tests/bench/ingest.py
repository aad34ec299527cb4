#!/usr/bin/python3
"""Drains a mailbox of N bounces with `bounced once` (fetch, read, decide, commit, settle) and, on a copy of it in the same run, with
Python's imaplib doing the same fetch and the same settling: MOVE, and flags.

    tests/bench/ingest.py [--mails 20000] [--runs 3] [--delay-ms 0]

Prints seconds (median of the runs), mails a second, the ratio to imaplib, and the peak memory of bounced. Ratios count, not seconds:
both sides run on the same machine in turns.
"""
import argparse, os, pathlib, resource, shutil, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import dovecot, mail_factory, scene  # noqa: E402

CHUNK = 200


def fill(imap, user, pristine):
    """A fresh copy of the mailbox for `user`, indexed once so that neither side pays for Dovecot's first look."""
    home = imap.dir / 'mail' / user
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    subprocess.run(['cp', '-a', str(pristine), str(home / 'Maildir')], check=True)
    subprocess.run(['chown', '-R', f'{imap.uid}:{imap.gid}', str(home)], check=True)
    client = imap.connect(user)
    count = int(client.select('INBOX')[1][0])
    client.logout()
    return count


def bounced(imap, user, directory, after_read):
    settings = directory / f'{user}.toml'
    database = directory / f'{user}.db'
    for path in directory.glob(f'{user}.db*'): path.unlink()
    settings.write_text(scene.SETTINGS.format(database=database, url=imap.url, user=user, password_file=imap.password_file, ca_file=imap.ca_file)
                        + f'after_read = "{after_read}"\n')
    start = time.monotonic()
    process = subprocess.Popen([scene.program(), 'once', '--config', str(settings)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - start
    if status: sys.exit(f'bounced once: status {status}\n{said}')
    return took, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def with_imaplib(imap, user, count, settle):
    start = time.monotonic()
    client = imap.connect(user)
    client.select('INBOX')
    if settle == 'move': client.create('bounced/processed'.replace('/', imap.separator))
    uids = client.uid('SEARCH', 'ALL')[1][0].split()
    got = 0
    for i in range(0, len(uids), CHUNK):
        chunk = b','.join([uids[i], uids[min(i + CHUNK, len(uids)) - 1]]).replace(b',', b':').decode()
        answer = client.uid('FETCH', chunk, '(UID RFC822.SIZE INTERNALDATE BODY.PEEK[])')[1]
        got += sum(isinstance(part, tuple) for part in answer)
    fetched = time.monotonic() - start
    for i in range(0, len(uids), CHUNK):
        chunk = f'{uids[i].decode()}:{uids[min(i + CHUNK, len(uids)) - 1].decode()}'
        if settle == 'move': client._simple_command('UID', 'MOVE', chunk, 'bounced/processed'.replace('/', imap.separator))
        else: client.uid('STORE', chunk, '+FLAGS.SILENT', '(\\Seen $BouncedDone)')
    client.logout()
    assert got == count, (got, count)
    return time.monotonic() - start, fetched


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('--mails', type=int, default=20000)
    words.add_argument('--runs', type=int, default=3)
    words.add_argument('--settle', choices=('move', 'flag', 'both'), default='both')
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix='bench-') as name:
        directory = pathlib.Path(name)
        directory.chmod(0o755)
        pristine = directory / 'pristine'
        mail_factory.fill_maildir(pristine, given.mails)
        with dovecot.Dovecot(directory / 'dovecot') as imap:
            for settle in ('move', 'flag') if given.settle == 'both' else (given.settle,):
                ours, theirs, memory, cpu, fetch = [], [], [], [], []
                for _ in range(given.runs):
                    assert fill(imap, 'ours@bench.example', pristine) == given.mails
                    took, mib, seconds = bounced(imap, 'ours@bench.example', directory, settle)
                    ours.append(took); memory.append(mib); cpu.append(seconds)
                    fill(imap, 'theirs@bench.example', pristine)
                    took, fetched = with_imaplib(imap, 'theirs@bench.example', given.mails, settle)
                    theirs.append(took); fetch.append(fetched)
                print(f'{settle}: {given.mails} mails, {given.runs} runs: bounced {statistics.median(ours):.2f} s '
                      f'({given.mails / statistics.median(ours):.0f} mails/s, {statistics.median(cpu):.2f} s of processor time), '
                      f'imaplib {statistics.median(theirs):.2f} s (of which fetch {statistics.median(fetch):.2f} s), '
                      f'ratio {statistics.median(a / b for a, b in zip(ours, theirs)):.2f}, peak memory {max(memory):.0f} MiB', flush=True)


if __name__ == '__main__': main()
