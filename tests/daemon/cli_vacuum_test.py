#!/usr/bin/python3
"""What is old becomes counts by day; the room goes back."""
import sqlite3, time

import cli_case
from cli_case import *  # noqa: F403


class Vacuum(Case):
    def setUp(self):
        super().setUp()
        self.import_mails(*(dsn(f'u{i}@example.org', reply='452 4.2.2 Mailbox full ' + 'x' * 500, status='4.2.2') for i in range(60)), dsn('dead@example.org'))
        self.age(500)
        self.import_mails(dsn('new@example.org', reply='452 4.2.2 Mailbox full', status='4.2.2'))

    def age(self, days):
        """Everything happened earlier."""
        with sqlite3.connect(self.database) as database:
            for table, columns in dict(mail=['seen_at'], event=['at'], sighting=['seen_at'], outbox=['at'], retry=['retry_after', 'decided_at'],
                                       suppression=['first_seen', 'last_seen', 'decided_at']).items():
                for column in columns: database.execute(f'UPDATE {table} SET {column} = {column} - ?', [days * 86400])
        database.close()

    def rows(self, table):
        database = sqlite3.connect(self.database)
        count = database.execute(f'SELECT count(*) FROM {table}').fetchone()[0]
        database.close()
        return count

    def summary(self): return json.loads(self.right('summary', '--format', 'json', '--date', time.strftime('%Y-%m-%d', time.gmtime(time.time() - 500 * 86400))).out)

    def test_old_events_become_counts(self):
        before = self.summary()
        ran = self.right('vacuum', '--json').json[0]
        self.assertEqual((ran['events'], ran['mails'], ran['addresses'], ran['hashes']), (60, 60, 60, 0))
        self.assertLess(ran['bytes'], ran['bytes_before'])
        self.assertEqual(self.rows('event'), 2)   # the evidence of the suppression, and the new one
        self.assertIn('suppressed since', self.right('why', 'dead@example.org').out)
        self.assertIn('550 5.1.1 User unknown', self.right('why', 'dead@example.org').out)
        after = self.summary()
        for key in ('mails', 'events', 'by_reason', 'by_kind'):
            if key in before: self.assertEqual(after[key], before[key], key)
        self.right('import', self.dir / 'mails')   # known by their content
        self.assertEqual(self.rows('event'), 2)
        self.assertIn('0 events of 0 mails', self.right('vacuum').err)   # once a day

    def test_settings_say_how_long(self):
        self.settings.write_text(self.settings.read_text() + '[retention]\nevents = "forever"\njournal = "forever"\n')
        self.assertEqual(self.right('vacuum', '--json').json[0]['events'], 0)
        self.assertEqual(self.rows('event'), 62)

    def test_passes_do_it(self):
        (self.dir / 'box').mkdir()
        self.settings.write_text(self.settings.read_text() + f'[retention]\nwarn_size = "1MiB"\n[[mailbox]]\nname = "m"\nurl = "dir:{self.dir}/box"\nafter_read = "leave"\n')
        self.assertNotIn('warn_size', self.right('once').err)
        self.assertEqual(self.rows('event'), 2)
        with sqlite3.connect(self.database) as database: database.execute("UPDATE mail SET damage = ? WHERE id = (SELECT max(id) FROM mail)", ['x' * 2_000_000])
        database.close()
        self.assertIn('larger than retention.warn_size', self.right('once').err)
        self.assertIn('more than retention.warn_size', self.bounced('doctor').out)

    def test_full(self):
        ran = self.right('vacuum', '--full', '--json').json[0]
        self.assertEqual(ran['free_bytes'], 0)
        self.assertEqual(self.database.stat().st_size, ran['bytes'])

    def test_no_database(self):
        self.database.unlink()
        self.wrong(NO_INPUT, 'vacuum', says='there is no database')
        self.assertFalse(self.database.exists())


if __name__ == '__main__': cli_case.main()
