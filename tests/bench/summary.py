#!/usr/bin/python3
"""How long a summary takes: a day with DAY reports in a database of EVENTS.

    tests/bench/summary.py BOUNCED [--events 1000000] [--day 100000] [--keep FILE]

Fills the tables with rows as the store writes them (the program makes the schema), 400 days in all, the measured day among them; then times
`bounced summary --date` for that day, for the last day, and for the last 24 hours, each form, best of three.
"""
import argparse, calendar, pathlib, random, sqlite3, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import mail_factory  # noqa: E402

REASONS = [('user_unknown', 'suppress', '550', 'suppress'), ('mailbox_full', 'soft', '452', 'count'), ('ip_blocked', 'alert', '554', 'alert'),
           ('greylisted', 'retry', '451', 'retry'), ('spam_content', 'alert', '550', 'alert')]
DAYS, BUSY_BACK = 400, 30
LAST = calendar.timegm((2026, 6, 1, 0, 0, 0))


def fill(path, events, busy):
    dice = random.Random(1)
    database = sqlite3.connect(path)
    database.executescript('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;')
    words = {}
    def word(text):
        if text == '': return 0
        if text not in words:
            database.execute('INSERT INTO word (text) VALUES (?) ON CONFLICT DO NOTHING', (text,))
            words[text] = database.execute('SELECT id FROM word WHERE text = ?', (text,)).fetchone()[0]
        return words[text]
    providers = [word(f'provider{i}.example') for i in range(2000)]
    lists = [word(f'list{i}.example.org') for i in range(20)]
    reasons = [tuple(map(word, row)) for row in REASONS]
    kind, source, processed, empty = word('bounce'), word('imap'), word('processed'), 0
    database.execute('DELETE FROM provider_hour')
    addresses = max(events // 2, 1000)
    database.executemany("INSERT INTO address (id, address, as_written, domain) VALUES (?, ?, '', 0)",
                         ((i, f'user{i}@domain{i % 5000}.example') for i in range(10, addresses + 10)))
    per_day = max((events - busy) // (DAYS - 1), 1)
    number, hours = database.execute('SELECT coalesce(max(id), 0) FROM mail').fetchone()[0], {}
    columns = [c[1] for c in database.execute('PRAGMA table_info(event)')]
    for day in range(DAYS):
        at0, mails, rows, reports, outbox, suppressions = LAST - (DAYS - day) * 86400, [], [], [], [], []
        for i in range(busy if DAYS - day == BUSY_BACK else per_day):
            number += 1
            at, address = at0 + i % 86400, dice.randrange(addresses) + 10
            provider = providers[min(int(dice.expovariate(1 / 60)), 1999)]
            reason, advice, code, outcome = reasons[dice.randrange(5)]
            mails.append((number, source, at, 3000, kind, empty, processed, source, '', f'm{number}@example.org'))
            reports.append((number, empty, empty, lists[address % 20], f'n{number}@example.org'))
            row = dict.fromkeys(columns, 0)
            row.update(id=number, mail_id=number, address_id=address, at=at, kind=kind, reason=reason, advice=advice, provider=provider, reply_code=code,
                       outcome=outcome, counted=2, threshold=3 + i % 2, diagnostic='550 5.1.1 <user@example.org>: Recipient address rejected: ' + 'x' * 40,
                       signature='')
            rows.append(tuple(row.values()))
            hours[at // 3600, provider] = hours.get((at // 3600, provider), 0) + 1
            if outcome == reasons[0][3]:
                outbox.append((address, 1, reason, 0, at, number, '1 of 1'))
        database.executemany('INSERT INTO mail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', mails)
        database.executemany('INSERT INTO report VALUES (?, ?, ?, ?, ?)', reports)
        database.executemany(f'INSERT INTO event ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})', rows)
        database.executemany('INSERT INTO outbox (address_id, suppressed, reason, scope, at, event_id, why) VALUES (?, ?, ?, ?, ?, ?, ?)', outbox)
    database.executemany('INSERT INTO provider_hour VALUES (?, ?, ?)', ((h, p, n) for (h, p), n in hours.items()))
    database.execute('INSERT OR IGNORE INTO suppression SELECT address_id, reason, 0, 0, 0, 0, 0, scope, 0, 1, at, at, at, 0, event_id, \'\', \'\', why, 0, 0 '
                     'FROM outbox GROUP BY address_id')
    for i in range(DAYS * 288):
        database.execute('INSERT INTO run (mailbox, started_at, ended_at, mails, bounces, duplicates, unrecognised, quarantined, suppressed, error) '
                         "VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, '')", (source, LAST - i * 300 - 5, LAST - i * 300))
    database.commit()
    print(f'{number} events, {sum(1 for _ in database.execute("SELECT 1 FROM suppression"))} suppressions, {pathlib.Path(path).stat().st_size >> 20} MiB')


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('bounced')
    words.add_argument('--events', type=int, default=1_000_000)
    words.add_argument('--day', type=int, default=100_000)
    words.add_argument('--keep')
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix='summary-bench-') as temporary:
        path = pathlib.Path(given.keep or pathlib.Path(temporary) / 'bounced.db')
        settings = pathlib.Path(temporary) / 'bounced.toml'
        settings.write_text(f'[database]\npath = "{path}"\n')
        if not path.exists():
            mail = pathlib.Path(temporary) / 'mail'
            mail.write_bytes(next(iter(mail_factory.mails(1))))
            subprocess.run([given.bounced, 'import', str(mail), '--quiet', '--config', str(settings)], check=True, stdout=subprocess.DEVNULL)
            fill(path, given.events, given.day)
        def day(back): return time.strftime('%Y-%m-%d', time.gmtime(LAST - back * 86400))
        for name, range_words in (('busy day', ['--date', day(BUSY_BACK)]), ('last day', ['--date', day(1)]), ('old day', ['--date', day(390)])):
            for form in ('text', 'html', 'json'):
                best = 1e9
                for _ in range(3):
                    start = time.monotonic()
                    done = subprocess.run([given.bounced, 'summary', *range_words, '--format', form, '--config', str(settings)], check=True, capture_output=True,
                                          env={'TZ': 'UTC'})
                    best = min(best, time.monotonic() - start)
                print(f'{name:9} {form:4} {best * 1000:7.0f} ms, {len(done.stdout)} bytes')


if __name__ == '__main__': main()
