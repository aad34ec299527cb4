#!/usr/bin/python3
"""Addresses that are taken out of the database: nothing of them is left in its file but a hash, if it was suppressed."""
import cli_case
from cli_case import *  # noqa: F403

ANNA = 'anna@example.org'


class Forget(Case):
    def setUp(self):
        super().setUp()
        self.import_mails(dsn(ANNA), dsn('bert@example.org', reply=f'550 5.1.1 <{ANNA.upper()}> is unknown, as is anna=example.org'),
                          dsn('carla@example.org', reply='554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'))

    def in_file(self, text=b'anna'):
        """The names of the database's files that have the text anywhere, in whatever case."""
        return [path.name for path in self.dir.glob('bounced.db*') if text in path.read_bytes().lower()]

    def test_nothing_changes_without_apply(self):
        self.assertTrue(self.in_file())
        before = self.right('why', '--json', ANNA).out
        ran = self.right('forget', ANNA, '--json').json[0]
        self.assertEqual((ran['applied'], ran['known'], ran['suppression_kept'], ran['events'], ran['suppressions'], ran['changes']), (False, True, True, 1, 1, 1))
        self.assertIn('--apply does it', self.right('forget', ANNA).err)
        self.assertEqual(self.right('why', '--json', ANNA).out, before)

    def test_the_file_has_it_nowhere(self):
        self.assertIn('are gone; a hash stays', self.right('forget', ANNA, '--apply', '--why', 'asked for').err)
        self.assertEqual(self.in_file(), [])
        self.assertTrue(self.in_file(b'bert@example.org'))
        self.assertIn('(forgotten)', self.right('why', 'bert@example.org').out)
        self.assertNotIn('anna', self.right('suppressions', 'export').out)

    def test_the_suppression_goes_on(self):
        self.right('forget', ANNA, '--apply')
        self.assertIn('suppressed, forgotten on 2', self.right('suppressions', 'show', ANNA).out)
        self.assertIn('suppressed, forgotten on 2', self.right('why', ANNA).out)
        self.assertTrue(self.right('suppressions', 'show', '--json', ANNA).json[0]['forgotten_at'])
        # What bounces or is imported later is not kept under the address.
        self.right('import', self.write('more/1', dsn(ANNA, reply='550 5.1.1 another text')).parent)
        self.right('import', self.dir / 'mails')
        self.right('suppressions', 'import', self.write('list.txt', f'{ANNA}\n'))
        self.assertIn('forgotten on', self.right('suppressions', 'add', ANNA).err)
        self.assertEqual(self.in_file(b'anna@example'), [])
        self.assertNotIn('anna', self.right('suppressions', 'export').out + self.right('retries').out)

    def test_it_can_be_mailed_again(self):
        self.right('forget', ANNA, '--apply')
        self.assertEqual(self.right('suppressions', 'remove', ANNA).rows, [['removed', ANNA]])
        self.wrong(DATA, 'suppressions', 'show', ANNA, says='is not suppressed')
        self.right('import', self.write('more/1', dsn(ANNA, reply='550 5.1.1 another text')).parent)
        self.assertIn('another text', self.right('why', ANNA).out)   # it is an address like any other

    def test_nothing_is_kept_where_that_is_wanted(self):
        self.right('forget', ANNA, '--apply', '--no-keep-suppression')
        self.assertEqual(self.in_file(), [])
        self.wrong(DATA, 'suppressions', 'show', ANNA, says='is not suppressed')
        self.right('import', self.dir / 'mails')   # the mail is known by its content
        self.wrong(DATA, 'suppressions', 'show', ANNA, says='is not suppressed')

    def test_one_that_was_not_suppressed_leaves_nothing(self):
        ran = self.right('forget', 'carla@example.org', '--apply', '--json').json[0]
        self.assertEqual((ran['known'], ran['suppression_kept']), (True, False))
        self.assertEqual(self.in_file(b'carla'), [])

    def test_an_unknown_one(self):
        self.assertIn('nothing is known', self.right('forget', 'nobody@example.org', '--apply').err)
        self.wrong(USAGE, 'forget', 'nonsense', says='is no mail address')


if __name__ == '__main__': cli_case.main()
