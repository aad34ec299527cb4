#!/usr/bin/python3
"""Postfix asks our database (contrib/postfix/suppressed.cf, as it stands there): a recipient is refused from the moment of its suppression,
and taken again from the moment when that ends, also while the daemon holds the database open."""
import grp, os, pathlib, pwd, shutil, smtplib, subprocess, sys, tempfile, unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
sys.path.insert(0, str(HERE.parent / 'daemon'))
import postfix, scene  # noqa: E402
import cli_case  # noqa: E402
from cli_case import Case, dsn  # noqa: E402

EXAMPLE = HERE.parents[1] / 'contrib/postfix/suppressed.cf'


def available():
    why = postfix.available()
    if why: return why
    maps = subprocess.run(['/usr/sbin/postconf', '-m'], capture_output=True, text=True).stdout.split()
    return '' if 'sqlite' in maps else 'Postfix has no sqlite tables (apt-get install postfix-sqlite)'


class Lookup(Case):
    def setUp(self):
        super().setUp()
        # As the example says: a directory of a group that Postfix's user is in.
        group = grp.getgrgid(pwd.getpwnam('postfix').pw_gid)
        os.chown(self.dir, -1, group.gr_gid)
        self.dir.chmod(0o2771)
        os.umask(0o007)
        self.addCleanup(os.umask, 0o022)
        self.table = self.dir / 'suppressed.cf'
        self.table.write_text(EXAMPLE.read_text().replace('/var/lib/bounced/bounced.db', str(self.database)))
        self.table.chmod(0o644)
        self.right('suppressions', 'add', 'other@example.org')   # makes the database
        for path in self.dir.glob('bounced.db*'): os.chown(path, -1, group.gr_gid)
        self.mta = postfix.Postfix(self.dir / 'postfix', 9, 9, extra='smtpd_recipient_restrictions = check_recipient_access '
                                   f'sqlite:{self.table}, permit_mynetworks, reject').__enter__()
        self.addCleanup(lambda: self.mta.__exit__())

    def answer(self, recipient):
        with smtplib.SMTP('127.0.0.1', self.mta.port, timeout=30) as smtp:
            smtp.ehlo()
            smtp.mail('news@sender.example')
            code, words = smtp.rcpt(recipient)
            return code, words.decode()

    def test_refused_the_moment_it_is_suppressed(self):
        self.assertEqual(self.answer('dead@example.org')[0], 250, self.mta.log())
        self.import_mails(dsn('dead@example.org'))
        code, words = self.answer('dead@example.org')
        self.assertEqual(code, 550, words + self.mta.log())
        self.assertIn('5.1.1', words)
        self.assertIn('suppressed: user unknown', words)
        self.assertEqual(self.answer('DEAD@Example.org')[0], 550)
        self.assertEqual(self.answer('dead+x@example.org')[0], 250)
        self.assertEqual(self.answer('other@example.org')[0], 550)
        self.right('undo', '--domain', 'example.org', '--apply')
        self.assertEqual(self.answer('dead@example.org')[0], 250)

    def test_quotes_and_percent_signs_are_letters(self):
        for recipient in ("o'neil@example.org", "x' OR '1'='1@example.org", '%s@example.org', "'@example.org"):
            self.assertEqual(self.answer(f'<{recipient}>' if ' ' not in recipient else f'<"{recipient.split("@")[0]}"@example.org>')[0], 250, recipient)
        self.right('suppressions', 'add', "o'neil@example.org")
        self.assertEqual(self.answer("o'neil@example.org")[0], 550)

    def test_what_is_over_or_for_one_sender_is_not_refused(self):
        self.right('suppressions', 'add', 'over@example.org')
        self.right('suppressions', 'add', 'pair@example.org')
        subprocess.run(['sqlite3', self.database, "UPDATE suppression SET expires_at = 1 WHERE address_id = (SELECT id FROM address WHERE address = 'over@example.org');"
                        "INSERT OR IGNORE INTO word (text) VALUES ('sender.example');"
                        "UPDATE suppression SET scope = (SELECT id FROM word WHERE text = 'sender.example') WHERE address_id = (SELECT id FROM address WHERE address = 'pair@example.org')"],
                       check=True)
        self.assertEqual(self.answer('over@example.org')[0], 250)
        self.assertEqual(self.answer('pair@example.org')[0], 250)
        self.assertEqual(self.answer('other@example.org')[0], 550)


if __name__ == '__main__':
    why = available()
    if why: print(f'skipped: {why}'); sys.exit(77)
    cli_case.PROGRAM = scene.program()
    unittest.main()
