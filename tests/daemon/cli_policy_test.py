#!/usr/bin/python3
"""Other thresholds over what came so far."""
import email.utils, time

import cli_case
from cli_case import *  # noqa: F403


def days_ago(days): return email.utils.formatdate(time.time() - days * 86400)


class Simulate(Case):
    def setUp(self):
        super().setUp()
        full = [dsn('anna@example.org', reply='452 4.2.2 mailbox full', status='4.2.2').replace(cli_case.TODAY, days_ago(day)) for day in (1, 2, 3)]
        self.import_mails(*full, dsn('bert@example.org'))

    def test_who_would_differ(self):
        before = self.database.read_bytes()
        ran = self.right('policy', 'simulate', '--set', 'mailbox_full.count=3', '--set', 'policy.mailbox_full.distinct_days=3')
        self.assertEqual(len(ran.rows), 1)
        self.assertEqual(ran.rows[0][:3], ['anna@example.org', 'suppressed', 'mailbox_full'])
        self.assertIn('3 of 3 mailbox_full on 3 days', ran.rows[0][3])
        self.assertIn('of 2 addresses the policy suppresses 1 now and 2 then: 1 more, 0 fewer', ran.err)
        rows = self.right('policy', 'simulate', '--json', '--set', 'never_suppress=["@example.org"]').json
        self.assertEqual([(row['address'], row['suppressed_now'], row['suppressed_then'], row['reason']) for row in rows[:-1]],
                         [('bert@example.org', True, False, 'user_unknown')])
        self.assertIn('never_suppress', rows[0]['why_then'])
        self.assertEqual(rows[-1], dict(addresses=2, suppressed_now=1, suppressed_then=0, more=0, fewer=1))
        same = self.right('policy', 'simulate', '--set', 'user_unknown.window=7d')
        self.assertEqual(same.out, '')
        self.assertIn('0 more, 0 fewer', same.err)
        self.assertEqual(self.database.read_bytes(), before)

    def test_another_settings_file_with_overrides(self):
        other = self.write('other.toml', f'[database]\npath = "{self.database}"\n[policy.mailbox_full]\ncount = 4\ndistinct_days = 3\n'
                           '[[policy.override]]\ndomain = "example.org"\nsuppress = "never"\n[policy.override.mailbox_full]\ncount = 3\n')
        rows = self.right('policy', 'simulate', '--json', '--other', other).json
        self.assertEqual([(row['address'], row['suppressed_now'], row['suppressed_then']) for row in rows[:-1]], [('bert@example.org', True, False)])
        self.assertIn('the override for domain example.org says never', rows[0]['why_then'])
        other.write_text(other.read_text().replace('"never"', '"as usual"'))
        rows = self.right('policy', 'simulate', '--json', '--other', other).json
        self.assertEqual([(row['address'], row['suppressed_then']) for row in rows[:-1]], [('anna@example.org', True)])
        self.assertIn('3 of 3 mailbox_full on 3 days within 30 days; by the override for domain example.org', rows[0]['why_then'])
        self.settings = other   # in force: told by why and config show
        self.assertIn('3 of 3 mailbox_full on 3 days within 30 days; by the override for domain example.org', self.right('why', 'anna@example.org').out)
        self.assertIn('[policy.override.mailbox_full]\ncount = 3\n', self.right('config', 'show').out)
        self.assertEqual(self.right('policy', 'simulate', '--json', '--set', 'mailbox_full.weight=0.5').json[-1]['suppressed_then'], 1)

    def test_what_is_wrong_is_told(self):
        for words, says in (([], 'what would be otherwise'), (['--set', 'mailbox_full'], 'KEY=VALUE'), (['--set', '=3'], 'KEY=VALUE'),
                            (['--set', 'mailbox_full.count=many'], 'mailbox_full.count=many'), (['--set', 'mailbox_ful.count=3'], 'mailbox_full'),
                            (['--set', 'mailbox_full.cuont=3'], 'count'), (['--set', 'spam_content.count=3'], 'never counts against an address'),
                            (['--set', 'mailbox_full.count=3', '--set', 'mailbox_full.count=4'], 'mailbox_full'),
                            (['--set', 'mailbox_full.count=2'], 'distinct_days')):
            self.wrong(USAGE, 'policy', 'simulate', *words, says=says)
        self.wrong(USAGE, 'policy')


if __name__ == '__main__': cli_case.main()
