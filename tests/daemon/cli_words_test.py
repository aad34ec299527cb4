#!/usr/bin/python3
"""Words, settings and rules, right and wrong."""
import os, unittest

import cli_case
from cli_case import *  # noqa: F403


class Words(Case):
    """Wrong words end with 64, name what was wrong and say what was meant."""

    def test_unknown_command(self):
        self.wrong(USAGE, 'sumary', says=["unknown command 'sumary'", "did you mean 'summary'?"], config=False)
        self.wrong(USAGE, 'suppressions', 'exprot', says=["suppressions: unknown command 'exprot'", "'export'"], config=False)
        self.wrong(USAGE, 'frobnicate', says=["unknown command 'frobnicate'", 'the commands are: run, once'], config=False)

    def test_missing_command(self):
        self.wrong(USAGE, says=['which command?', 'one of: run, once'], config=False)
        self.wrong(USAGE, 'rules', says=['rules: which command?', 'list, show, test, dump'], config=False)

    def test_unknown_option(self):
        self.wrong(USAGE, 'parse', '--jsno', '-', says=["parse: unknown option '--jsno'", "did you mean '--json'?"])
        self.wrong(USAGE, 'parse', '--zzzzzz', '-', says=["unknown option '--zzzzzz'", 'bounced parse --help'])

    def test_missing_and_extra_words(self):
        self.wrong(USAGE, 'parse', says='parse: PATH is required')
        self.wrong(USAGE, 'explain', 'a', 'b', says=["explain: unexpected word 'b'"])

    def test_values_out_of_range(self):
        for jobs in ('0', '-1', '257', 'x', '1.5', ''):
            self.wrong(USAGE, 'parse', f'--jobs={jobs}', '-', says='no number from 1 to 256')
        self.wrong(USAGE, 'summary', '--format', 'jsn', says=["'jsn' is none of text, json", "did you mean 'json'?"])
        self.wrong(USAGE, 'summary', '--date', '2026-02-30', says="'2026-02-30' is no day")
        self.wrong(USAGE, 'suppressions', 'list', '--reason', 'user_unkown', says=["'user_unkown'", "'user_unknown'"])
        self.wrong(USAGE, 'why', 'nobody', says="'nobody' is no mail address")

    def test_help_and_version(self):
        for words in (['--help'], ['parse', '--help'], ['suppressions', 'export', '--help']):
            ran = self.right(*words, config=False)
            self.assertIn('Usage: bounced', ran.out)
            self.assertIn('--config', ran.out)
        self.assertRegex(self.right('--version', config=False).out, r'^bounced \d+\.\d+\.\d+\n$')

    def test_config_stands_before_or_behind_the_command(self):
        self.assertEqual(self.right('--config', self.settings, 'config', 'show', config=False).out,
                         self.right('config', 'show').out)


class Settings(Case):
    def test_missing_file(self):
        self.settings = self.dir / 'missing.toml'
        for words in (['parse', '-'], ['classify', '--text', 'x'], ['once'], ['run'], ['config', 'check'], ['config', 'show']):
            self.wrong(CONFIG, *words, says='missing.toml')

    def test_every_fault_is_said(self):
        self.settings = self.write('wrong.toml', '[database]\npth = "x"\n\n[[mailbox]]\nname = 3\nurl = "gopher://x"\n')
        ran = self.bounced('config', 'check')
        self.assertEqual(ran.code, CONFIG, ran)
        for text in ('wrong.toml:2', 'pth', 'path', 'wrong.toml:5', 'wrong.toml:6'): self.assertIn(text, ran.err)
        self.wrong(CONFIG, 'parse', '-', says='wrong.toml:2')

    def test_check_says_when_all_is_right(self):
        self.assertIn('bounced.toml: right (0 mailboxes, ', self.right('config', 'check').out)

    def test_example_is_right_and_shows_itself(self):
        self.settings = self.write('example.toml', self.right('config', 'example', config=False).out)
        self.right('config', 'check')
        shown = self.right('config', 'show').out.split('\n', 1)[1]   # the first line says which file it is
        self.settings = self.write('shown.toml', shown)
        self.assertEqual(self.right('config', 'show').out.split('\n', 1)[1], shown)

    def test_manual(self):
        self.assertIn('.SS', self.right('config', 'manual', config=False).out)

    def test_no_mailbox(self):
        for command in ('run', 'once'): self.wrong(CONFIG, command, says=['names no mailbox', 'config example'])

    def test_secrets_are_not_shown(self):
        self.settings = self.write('secret.toml', '[[mailbox]]\nname = "a"\nurl = "imaps://h/INBOX"\nuser = "u"\npassword = "hunter2"\n')
        self.settings.chmod(0o600)
        self.assertNotIn('hunter2', self.right('config', 'show').out)


class Rules(Case):
    OWN = '''[[rule]]
id = "{id}"
pattern = "{pattern}"
reason = "spam_content"
confidence = "strong"
source = "our own"
example = ["{example}"]
'''

    def test_list_show_dump(self):
        rules = self.right('rules', 'list').rows
        self.assertGreater(len(rules), 100)
        self.assertEqual(self.right('rules', 'list', '--vendor', 'vade').rows[0][0].split('/')[0], 'vade')
        shown = self.right('rules', 'show', 'vade/403-unknown-recipient').out
        self.assertIn('[[rule]]', shown)
        self.wrong(USAGE, 'rules', 'show', 'vade/403-unknown-recipent', says="did you mean 'vade/403-unknown-recipient'?")
        dumped = self.right('rules', 'dump').out
        self.assertIn('id = "vade/403-unknown-recipient"', dumped.replace("'", '"'))

    def test_the_shipped_rules_win_their_examples(self):
        self.assertIn('all as they say', self.right('rules', 'test').out)

    def test_own_rules(self):
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='colour is blue', example='550 colour is blue'))
        self.assertIn('own/blue', self.right('rules', 'list', '--directory', self.dir / 'rules').out)
        self.right('rules', 'test', '--directory', self.dir / 'rules')
        self.settings = self.write('own.toml', f'[rules]\ndirectory = "{self.dir}/rules"\n')
        [verdict] = self.right('classify', '--json', '--text', '550 colour is blue').json
        self.assertEqual((verdict['rule'], verdict['reason']), ('own/blue', 'spam_content'))

    def test_wrong_rules(self):
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='colour is blue', example='550 something else'))
        ran = self.bounced('rules', 'test', '--directory', self.dir / 'rules')
        self.assertEqual(ran.code, CONFIG, ran)
        for text in ('own.toml', 'own/blue', '1 fault'): self.assertIn(text, ran.err)
        self.write('rules/own.toml', self.OWN.format(id='own/blue', pattern='(', example='x'))
        self.wrong(CONFIG, 'rules', 'test', '--directory', self.dir / 'rules', says=['own/blue'])
        self.write('rules/own.toml', 'not toml')
        self.wrong(CONFIG, 'rules', 'test', '--directory', self.dir / 'rules', says=['own.toml:1'])
        self.wrong(NO_INPUT, 'rules', 'list', '--directory', self.dir / 'missing', says=['missing'])


if __name__ == '__main__': cli_case.main()
