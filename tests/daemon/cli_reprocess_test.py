#!/usr/bin/python3
"""Today's rules over what the database keeps."""
import cli_case
from cli_case import *  # noqa: F403

RULE = '''[[rule]]
id = "own/closed-shop"
pattern = "closed shop"
reason = "{reason}"
confidence = "exact"
source = "our own notes"
example = ["550 5.1.1 closed shop"]
'''


class Reprocess(Case):
    def setUp(self):
        super().setUp()
        self.settings.write_text(self.settings.read_text() + f'[rules]\ndirectory = "{self.dir}/rules"\n')
        self.rules('user_unknown')
        self.import_mails(dsn('anna@example.org', reply='550 5.1.1 closed shop'), dsn('bert@example.org', reply='550 5.1.1 closed shop'),
                          dsn('cora@example.net'))
        self.right('suppressions', 'add', 'bert@example.org', '--note', 'asked by phone')

    def rules(self, reason): self.write('rules/own.toml', RULE.format(reason=reason))
    def suppressed(self): return [row[0][0] for row in self.right('suppressions', 'list').rows]

    def test_unchanged_rules_change_nothing(self):
        before = self.database.read_bytes()
        self.assertIn("3 events of 3 addresses: today's rules say the same", self.right('reprocess').err)
        self.assertEqual(self.database.read_bytes(), before)
        ran = self.right('reprocess', '--apply')
        self.assertIn("today's rules say the same", ran.err)
        self.assertEqual(ran.out, '')
        self.assertEqual(len(self.right('why', '--json', 'anna@example.org').json), 1)   # and is not recorded

    def test_a_dry_run_says_what_would_happen(self):
        self.rules('spam_content')
        before = self.database.read_bytes()
        for words in ([], ['--dry-run']):
            ran = self.right('reprocess', *words)
            self.assertEqual(ran.rows[0], ['anna@example.org', 'taken back', 'user_unknown', 'spam_content', '550 5.1.1 closed shop'])
            self.assertEqual(ran.rows[1][:4], ['2', 'user_unknown', 'spam_content', 'own/closed-shop'])
            self.assertEqual(len(ran.rows), 2)   # bert's is a person's
            for text in ('2 with another verdict', '0 addresses to be suppressed, 1 to be taken back', '--apply does it'): self.assertIn(text, ran.err)
        self.assertEqual(self.database.read_bytes(), before)

    def test_apply_and_back(self):
        self.rules('spam_content')
        *rows, counts = self.right('reprocess', '--json', '--apply', '--why', 'it was us').json
        self.assertEqual([(row.get('address'), row.get('change'), row['was'], row['is']) for row in rows],
                         [('anna@example.org', 'taken_back', 'user_unknown', 'spam_content'), (None, None, 'user_unknown', 'spam_content')])
        self.assertEqual(counts, dict(applied=True, addresses=3, events=3, changed=2, renamed=0, suppressed=0, taken_back=1, issues=2))
        self.assertEqual(self.suppressed(), ['b', 'c'])
        self.assertEqual(self.right('issues', 'list', '--json').json[0]['count'], 2)
        event, act = self.right('why', '--json', 'anna@example.org').json
        self.assertEqual((event['reason'], event['outcome'], event['diagnostic']), ('spam_content', 'alert', '550 5.1.1 closed shop'))
        self.assertEqual((act['act'], act['why']), ('reprocess', 'it was us'))
        self.rules('user_unknown')
        self.assertIn('1 addresses suppressed, 0 taken back', self.right('reprocess', '--apply').err)
        self.assertEqual(self.suppressed(), ['a', 'b', 'c'])

    def test_what_is_wrong_is_told(self):
        self.wrong(USAGE, 'reprocess', '--apply', '--dry-run', says='exclude each other')
        self.write('rules/own.toml', 'rule = 5\n')
        self.wrong(CONFIG, 'reprocess', says='own.toml')
        self.database.unlink()
        self.rules('user_unknown')
        self.wrong(NO_INPUT, 'reprocess')


if __name__ == '__main__': cli_case.main()
