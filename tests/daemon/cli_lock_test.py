#!/usr/bin/python3
"""One process at a time: on a database, and on a mailbox. The second one refuses and names the first."""
import re, signal, time

import cli_case
from cli_case import *  # noqa: F403


class Locks(Case):
    def setUp(self):
        super().setUp()
        self.mails = self.dir / 'inbox'
        self.write('inbox/1.eml', dsn('gone@example.org'))
        self.settings = self.settings_with('bounced', self.mails)
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            if daemon.poll() is None: daemon.kill()
            daemon.wait()
            daemon.stderr.close()
        super().tearDown()

    def settings_with(self, database, mails):
        return self.write(f'{database}.toml', f"""[database]
path = "{self.dir}/{database}.db"
[run]
poll_interval = "1h"
[[mailbox]]
name = "returns"
url = "dir:{mails}"
after_read = "leave"
""")

    def start(self):
        """The daemon, once it has read the mail."""
        daemon = subprocess.Popen([cli_case.PROGRAM, 'run', '--config', str(self.settings)], stderr=subprocess.PIPE, text=True)
        self.daemons.append(daemon)
        for line in daemon.stderr:
            if 'pass ended' in line: return daemon
        self.fail('the daemon ended')

    def test_the_second_one_names_the_first(self):
        daemon = self.start()
        for command in ('run', 'once'):
            ran = self.wrong(TRY_AGAIN, command, says=(f'database {self.dir}/bounced.db is in the hands of', f'(pid {daemon.pid}, since 2'))
            self.assertTrue(re.search(r'since \d{4}-\d\d-\d\dT', ran.err), ran)
        self.assertEqual(self.right('suppressions', 'list').rows[0][0], 'gone@example.org')   # readers go on
        self.right('suppressions', 'add', 'more@example.org')   # and so does a person's word
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(10), 0)
        self.right('once')

    def test_a_mailbox_belongs_to_one_database(self):
        daemon = self.start()
        (self.dir / 'by another name').symlink_to(self.mails)
        for place in (self.mails, self.dir / 'by another name', str(self.mails) + '/../inbox'):
            self.settings = self.settings_with('other', place)
            self.wrong(TRY_AGAIN, 'once', says=('mailbox returns is in the hands of', f'(pid {daemon.pid}, since '))
        self.settings = self.settings_with('other', self.write('elsewhere/1.eml', dsn('b@example.org')).parent)
        self.right('once')

    def test_the_lock_dies_with_its_process(self):
        daemon = self.start()
        self.wrong(TRY_AGAIN, 'once')
        daemon.kill()
        daemon.wait()
        self.right('once')
        self.right('once')

    def test_a_lock_file_that_can_not_be_made(self):
        if os.geteuid() == 0: (self.dir / 'bounced.db.lock').mkdir()
        else: self.dir.chmod(0o500)
        ran = self.bounced('once')
        self.dir.chmod(0o700)
        self.assertIn(ran.code, (73, NO_PERMISSION), ran)
        self.assertIn('bounced.db.lock', ran.err)


if __name__ == '__main__': cli_case.main()
