#!/usr/bin/python3
"""A copy of the database in use."""
import re

import cli_case
from cli_case import *  # noqa: F403


class Backup(Case):
    def test_a_copy_is_a_database(self):
        self.import_mails(dsn('anna@example.org'))
        copy = self.dir / 'copy.db'
        ran = self.right('backup', copy)
        self.assertEqual(ran.lines, [str(copy)])
        self.assertIn(f'holds all of {self.database}', ran.err)
        listed = self.right('suppressions', 'list').out
        self.settings.write_text(f'[database]\npath = "{copy}"\n')
        self.assertEqual(self.right('suppressions', 'list').out, listed)

    def test_a_directory_gets_names_with_the_time(self):
        self.import_mails(dsn('anna@example.org'))
        (self.dir / 'backups').mkdir()
        told, = self.right('backup', '--json', self.dir / 'backups').json
        self.assertRegex(told['file'], re.escape(f'{self.dir}/backups/bounced-') + r'\d{4}-\d\d-\d\dT\d{6}Z\.db$')
        self.assertEqual([str(p) for p in (self.dir / 'backups').iterdir()], [told['file']])
        self.assertEqual(told['bytes'], (self.dir / 'backups').joinpath(told['file']).stat().st_size)

    def test_what_is_wrong_is_told(self):
        self.wrong(NO_INPUT, 'backup', self.dir / 'copy.db')
        self.import_mails(dsn('anna@example.org'))
        self.right('backup', self.dir / 'copy.db')
        self.wrong(73, 'backup', self.dir / 'copy.db', says=('is there already', '--force'))
        self.right('backup', '--force', self.dir / 'copy.db')
        self.wrong(73, 'backup', self.dir / 'none/copy.db', says='No such file')
        self.wrong(USAGE, 'backup')


if __name__ == '__main__': cli_case.main()
