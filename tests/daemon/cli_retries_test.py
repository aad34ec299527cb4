#!/usr/bin/python3
"""Addresses to mail again: told until somebody says that it was done."""
import sqlite3, time

import cli_case
from cli_case import *  # noqa: F403

FULL = dict(reply='452 4.2.2 Mailbox full', status='4.2.2')
YESTERDAY = email.utils.formatdate(time.time() - 90000)


def full(address, when=YESTERDAY): return dsn(address, **FULL).replace(TODAY, when)


class Retries(Case):
    def setUp(self):
        super().setUp()
        self.import_mails(*(full(f'u{i}@example.org') for i in range(3)), full('later@example.org', TODAY))

    def due(self): return [r['address'] for r in self.right('retries', '--due', '--json').json]

    def test_list_is_what_it_does_alone(self):
        self.assertEqual(len(self.right('retries').lines), 4)
        self.assertEqual(self.right('retries').out, self.right('retries', 'list').out)
        self.assertEqual(self.right('retries', '--due').out, self.right('retries', 'list', '--due').out)

    def test_done_once(self):
        self.assertEqual(self.due(), ['u0@example.org', 'u1@example.org', 'u2@example.org'])
        self.assertEqual(self.right('retries', 'done', 'u1@EXAMPLE.org').rows, [['done', 'u1@example.org']])
        self.assertEqual(self.due(), ['u0@example.org', 'u2@example.org'])
        self.assertEqual(self.right('retries', 'done', 'u1@example.org').rows, [['done before', 'u1@example.org']])
        self.assertIn('mailed again on', self.right('why', 'u1@example.org').out)
        self.assertTrue([r for r in self.right('why', 'u1@example.org', '--json').json if r.get('done_at')])

    def test_what_is_due_can_be_piped_back(self):
        listed = self.right('retries', '--due').out
        marked = self.right('retries', 'done', '-', '--json', stdin=listed).json
        self.assertEqual(marked, [{'address': f'u{i}@example.org', 'result': 'done'} for i in range(3)])
        self.assertEqual(self.due(), [])
        self.assertEqual(len(self.right('retries').lines), 1)   # the one that is not due

    def test_not_due_stays(self):
        ran = self.right('retries', 'done', 'later@example.org', 'nobody@example.org')
        self.assertEqual(ran.rows, [['not due yet', 'later@example.org'], ['no retry', 'nobody@example.org']])
        self.assertIn('--early', ran.err)
        self.assertEqual(self.right('retries', 'done', '--early', 'later@example.org').rows, [['done', 'later@example.org']])
        self.assertNotIn('later@', self.right('retries').out)

    def test_the_next_failure_makes_a_new_one(self):
        self.right('retries', 'done', 'u0@example.org')
        self.right('import', self.write('again/1', full('u0@example.org', TODAY)).parent)
        pending = {r['address']: r for r in self.right('retries', '--json').json}
        self.assertEqual(pending['u0@example.org']['attempts'], 2)

    def test_the_act_is_recorded(self):
        self.right('retries', 'done', 'u0@example.org', 'u1@example.org', '--why', 'mailer 7')
        self.right('retries', 'done', 'u0@example.org')   # nothing was done: no act
        rows = sqlite3.connect(self.database).execute('SELECT word.text, why, detail FROM act JOIN word ON word.id = what').fetchall()
        self.assertEqual(rows, [('mailed again', 'mailer 7', '2 addresses')])

    def test_wrong_words(self):
        self.wrong(USAGE, 'retries', 'done', 'u0@example.org', 'nonsense', says="'nonsense' is no mail address")
        self.assertEqual(len(self.due()), 3)   # all or none
        ran = self.bounced('retries', 'done', '-', stdin='u0@example.org\n\nnon sense\nu1@example.org')
        self.assertEqual(ran.code, DATA)
        self.assertIn("line 3: 'non sense'", ran.err)
        self.assertEqual(self.due(), ['u2@example.org'])


if __name__ == '__main__': cli_case.main()
