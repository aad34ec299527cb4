#!/usr/bin/python3
"""The target mailman3 against a real Mailman 3 core: lists, members, what becomes of them, and what goes wrong."""
import os, pathlib, subprocess, sys, tempfile, unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
sys.path.insert(0, str(HERE.parent / 'daemon'))
import mailman, scene  # noqa: E402
import cli_case  # noqa: E402
from cli_case import Case, CONFIG, DATA, NO_PERMISSION, UNAVAILABLE, dsn  # noqa: E402

NEWS, TALK = 'news@lists.example', 'talk@lists.example'
ODD = "o'neil+news=x@example.org"


class MailmanCase(Case):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix='mailman-')
        cls.mailman = mailman.Mailman(cls.place.name).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.mailman.__exit__()
        cls.place.cleanup()

    def setUp(self):
        super().setUp()
        for name in (NEWS, TALK):
            try: self.mailman.call('DELETE', f'/lists/{self.mailman.list_id(name)}')
            except OSError: pass
            self.mailman.make_list(name)
        for address in self.mailman.bans(): self.mailman.call('DELETE', f'/bans/{address}')
        self.mailman.subscribe(NEWS, 'anna@example.org', 'anna+tag@example.org', 'annatag@example.org', ODD)
        self.mailman.subscribe(TALK, 'anna@example.org', 'bert@example.org')
        self.target()

    def target(self, more='', access=None):
        self.settings.write_text(f'[database]\npath = "{self.database}"\n[[target]]\nname = "lists"\ntype = "mailman3"\n'
                                 + (access or f'config_file = "{self.mailman.config}"\n') + more)
        self.settings.chmod(0o600)

    def suppress(self, *addresses):
        for address in addresses: self.right('suppressions', 'add', address, '--reason', 'user_unknown')

    def sync(self): return self.right('sync', '--json').json[0]

    def test_disabled_and_enabled_again(self):
        self.suppress('anna@example.org', 'anna+tag@example.org', ODD, 'stranger@example.org')
        self.assertEqual(self.sync()['told'], 4)
        self.assertEqual(self.mailman.members(NEWS), {'anna@example.org': 'by_bounces', 'anna+tag@example.org': 'by_bounces', ODD: 'by_bounces',
                                                      'annatag@example.org': 'enabled'})
        self.assertEqual(self.mailman.members(TALK), {'anna@example.org': 'by_bounces', 'bert@example.org': 'enabled'})
        self.right('sync', '--check')
        self.assertEqual(self.sync()['told'], 0)
        self.right('sync', 'replay', '--from', '1')   # at least once: a second time changes nothing
        self.assertEqual(self.sync()['told'], 4)
        self.right('suppressions', 'remove', 'anna@example.org')
        self.sync()
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'enabled')
        self.assertEqual(self.mailman.members(TALK)['anna@example.org'], 'enabled')
        self.assertEqual(self.mailman.members(NEWS)['anna+tag@example.org'], 'by_bounces')

    def test_from_a_bounce_to_the_list_and_back_by_undo(self):
        self.import_mails(dsn('anna@example.org'))
        self.sync()
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'by_bounces')
        self.right('undo', '--domain', 'example.org', '--apply')
        self.sync()
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'enabled')

    def test_what_others_set_stays(self):
        self.mailman.set_status(NEWS, 'anna@example.org', 'by_user')
        self.suppress('anna@example.org')
        self.sync()
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'by_user')
        self.assertEqual(self.mailman.members(TALK)['anna@example.org'], 'by_bounces')
        self.mailman.set_status(TALK, 'anna@example.org', 'by_moderator')
        self.right('suppressions', 'remove', 'anna@example.org')
        self.sync()
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'by_user')
        self.assertEqual(self.mailman.members(TALK)['anna@example.org'], 'by_moderator')

    def test_by_moderator_on_some_lists(self):
        self.target('delivery_status = "by_moderator"\ntarget_lists = ["talk.lists.example"]\n')
        self.suppress('anna@example.org')
        self.sync()
        self.assertEqual(self.mailman.members(TALK)['anna@example.org'], 'by_moderator')
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'enabled')
        self.assertEqual(self.right('sync', '--check').out, '')

    def test_a_wildcard_is_nobody_else(self):
        self.suppress('anna*@example.org')
        self.sync()
        self.assertEqual(set(self.mailman.members(NEWS).values()), {'enabled'})

    def test_unsubscribed(self):
        self.target('action = "unsubscribe"\n')
        self.mailman.call('PATCH', f'/lists/{self.mailman.list_id(NEWS)}/config', unsubscription_policy='moderate')
        self.suppress('anna@example.org', 'stranger@example.org')
        self.sync()
        self.assertNotIn('anna@example.org', self.mailman.members(NEWS))
        self.assertNotIn('anna@example.org', self.mailman.members(TALK))
        self.right('sync', 'replay', '--from', '1')
        self.sync()
        self.right('suppressions', 'remove', 'anna@example.org')
        self.sync()
        self.assertNotIn('anna@example.org', self.mailman.members(NEWS))

    def test_banned(self):
        for lists, place in (('', ''), ('target_lists = ["news.lists.example"]\n', NEWS)):
            with self.subTest(place or 'the site'):
                self.target('action = "ban"\n' + lists)
                self.suppress('anna@example.org', 'new+x@example.org')
                self.right('sync', 'replay', '--from', '1')
                self.sync()
                self.right('sync', 'replay', '--from', '1')
                self.sync()
                self.assertEqual(self.mailman.bans(place), ['anna@example.org', 'new+x@example.org'])
                self.right('sync', '--check')
                for address in ('anna@example.org', 'new+x@example.org'): self.right('suppressions', 'remove', address)
                self.sync()
                self.assertEqual(self.mailman.bans(place), [])

    def test_a_pattern_bans_nobody(self):
        self.target('action = "ban"\n')
        self.suppress('^.*@example.org', 'anna@example.org')
        done = self.sync()
        self.assertEqual((done['told'], done['refused']), (1, 1))
        self.assertEqual(self.mailman.bans(), ['anna@example.org'])

    def test_drift(self):
        self.suppress('anna@example.org')
        self.sync()
        self.mailman.set_status(NEWS, 'anna@example.org', 'enabled')
        self.mailman.set_status(TALK, 'anna@example.org', 'enabled')
        self.mailman.set_status(TALK, 'bert@example.org', 'by_bounces')
        ran = self.bounced('sync', '--check')
        self.assertEqual((ran.code, ran.rows), (DATA, [['lists', 'missing', 'anna@example.org'], ['lists', 'extra', 'bert@example.org']]), ran)

    def test_a_wrong_password(self):
        self.target(access=f'url = "{self.mailman.url}"\npassword = "hunter2"\n')
        self.suppress('anna@example.org')
        ran = self.wrong(NO_PERMISSION, 'sync', says='answered 401')
        self.assertNotIn('hunter2', ran.err)
        self.assertIn('fault\ttarget lists', self.bounced('doctor').out)
        self.target(access=f'url = "{self.mailman.url}/"\nuser = "restadmin"\npassword = "s3cret"\n')
        self.assertEqual(self.sync()['told'], 1)
        self.assertIn('GNU Mailman 3', self.bounced('doctor').out)

    def test_a_wrong_url_and_an_unknown_list(self):
        self.suppress('anna@example.org')
        self.target(access=f'url = "{self.mailman.url}/nothing"\npassword = "s3cret"\n')
        self.wrong(CONFIG, 'sync', says='answered 404')
        self.target('target_lists = ["nosuch.lists.example"]\n')
        self.assertIn('there is no list nosuch.lists.example', self.bounced('doctor').out)

    def test_gone_and_back(self):
        self.suppress('anna@example.org')
        self.mailman.stop()
        try: self.wrong(UNAVAILABLE, 'sync', says='no connection')
        finally: self.mailman.start()
        self.assertEqual(self.sync()['told'], 1)
        self.assertEqual(self.mailman.members(NEWS)['anna@example.org'], 'by_bounces')


if __name__ == '__main__':
    why = mailman.available()
    if why: print(f'skipped: {why}'); sys.exit(77)
    cli_case.PROGRAM = scene.program()
    unittest.main()
