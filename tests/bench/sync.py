#!/usr/bin/python3
"""Pending changes to a file and to a webhook: changes a second, and the memory that it takes.

    tests/bench/sync.py BINARY [--changes 1000000]

The webhook's receiver is a process of its own that reads each request and says 204. Goals: 20,000 a second to a file, 5,000 to a webhook, the
same memory for ten times as many.
"""
import argparse, json, multiprocessing, os, pathlib, resource, socket, sqlite3, subprocess, tempfile, time


def receive(listener, counted):
    """Reads requests of one connection after the other, with as little work as Python allows."""
    while True:
        connection, _ = listener.accept()
        left = b''
        while True:
            while b'\r\n\r\n' not in left:
                more = connection.recv(1 << 20)
                if not more: break
                left += more
            if b'\r\n\r\n' not in left: break
            head, _, left = left.partition(b'\r\n\r\n')
            length = next((int(line.split(b':')[1]) for line in head.split(b'\r\n') if line.lower().startswith(b'content-length:')), 0)
            while len(left) < length: left += connection.recv(1 << 20)
            counted.value += left[:length].count(b'"number":')
            left = left[length:]
            connection.sendall(b'HTTP/1.1 204 No Content\r\n\r\n')


def fill(binary, settings, database, changes):
    """Suppressions as an import leaves them, written straight into the tables."""
    subprocess.run([binary, 'suppressions', 'add', 'first@example.org', '--reason', 'user_unknown', '--config', settings], check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(database) as db:
        db.execute('PRAGMA synchronous = OFF')
        word = lambda text: db.execute('SELECT id FROM word WHERE text = ?', (text,)).fetchone()[0]
        reason, exact, domain = word('user_unknown'), word('exact'), word('example.org')
        db.executemany('INSERT INTO address (id, address, as_written, domain) VALUES (?, ?, ?, ?)',
                       ((i, f'somebody-{i * 7919 % 9999991}@example.org', '', domain) for i in range(2, changes + 1)))
        db.execute(f'''INSERT INTO suppression SELECT address.id, reason, confidence, status, vendor, rule, source, scope, mailbox, count, first_seen,
                       last_seen, decided_at, expires_at, event_id, message_id, diagnostic, note, provider, batch
                       FROM address, suppression WHERE address.id > 1''')
        db.execute('''INSERT INTO outbox (address_id, suppressed, reason, scope, at, event_id, why, confidence, list_id)
                      SELECT id, 1, ?, 0, 1700000000, 0, 'one failure of 1', ?, 0 FROM address WHERE id > 1 ORDER BY id''', (reason, exact))


def run(binary, settings, target):
    before = time.monotonic()
    process = subprocess.Popen([binary, 'sync', target, '--json', '--config', settings], stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status: raise SystemExit(f'sync {target}: {status} {said}')
    return json.loads(said)['told'], time.monotonic() - before, usage.ru_maxrss / 1024


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('binary')
    words.add_argument('--changes', type=int, default=1_000_000)
    given = words.parse_args()
    listener = socket.create_server(('127.0.0.1', 0))
    counted = multiprocessing.Value('q', 0)
    receiver = multiprocessing.Process(target=receive, args=(listener, counted), daemon=True)
    receiver.start()
    for changes in (max(given.changes // 10, 1000), given.changes):
        with tempfile.TemporaryDirectory(prefix='bench-sync-') as directory:
            settings, database = f'{directory}/b.toml', f'{directory}/b.db'
            pathlib.Path(settings).write_text(
                f'[database]\npath = "{database}"\n[[target]]\nname = "file"\ntype = "file"\npath = "{directory}/out.csv"\n'
                f'[[target]]\nname = "hook"\ntype = "webhook"\nurl = "http://127.0.0.1:{listener.getsockname()[1]}/"\n')
            fill(given.binary, settings, database, changes)
            for target in ('file', 'hook'):
                counted.value = 0
                told, seconds, megabytes = run(given.binary, settings, target)
                if told != changes or target == 'hook' and counted.value != changes: raise SystemExit(f'{target}: {told} told, {counted.value} heard of {changes}')
                print(f'{target}: {told} changes in {seconds:.1f} s: {told / seconds:,.0f}/s, {megabytes:.0f} MB at most', flush=True)


if __name__ == '__main__': main()
