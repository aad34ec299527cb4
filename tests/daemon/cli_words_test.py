#!/usr/bin/python3
"""Words, settings and rules, right and wrong."""
import json, os, unittest

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
        self.wrong(USAGE, 'rules', says=['rules: which command?', 'list, show, test, dump, suggest'], config=False)

    def test_unknown_option(self):
        self.wrong(USAGE, 'parse', '--jsno', '-', says=["parse: unknown option '--jsno'", "did you mean '--json'?"])
        self.wrong(USAGE, 'parse', '--zzzzzz', '-', says=["unknown option '--zzzzzz'", 'bounced parse --help'])

    def test_missing_and_extra_words(self):
        self.wrong(USAGE, 'parse', says='parse: PATH is required')
        self.wrong(USAGE, 'explain', 'a', 'b', says=["explain: unexpected word 'b'"])

    def test_values_out_of_range(self):
        for jobs in ('0', '-1', '257', 'x', '1.5', ''):
            self.wrong(USAGE, 'parse', f'--jobs={jobs}', '-', says='no number from 1 to 256')
        self.wrong(USAGE, 'summary', '--format', 'jsn', says=["'jsn' is none of text, html, json", "did you mean 'json'?"])
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

    def fill_in(self, name, suggested):
        """What a person does with suggestions: chooses a reason for each."""
        self.write(name, suggested.replace('reason = "unclassified"', 'reason = "spam_content"'))

    def test_suggest_from_the_database(self):
        odd = [dsn(f'a{i}@example.org', reply=f'550 zorbl qwexit frumious {i}', status='5.0.0') for i in range(3)]
        odd.append(dsn('b@example.org', reply="550 it's \\odd [x] <b@example.org>", status='5.0.0'))
        self.wrong(NO_INPUT, 'rules', 'suggest', says='no database')
        self.import_mails(*odd, dsn('gone@example.org'))
        self.right('import', self.dir / 'mails')   # seen again, counted once
        suggested = self.right('rules', 'suggest').out
        self.assertLess(suggested.index('# seen 3 times, first '), suggested.index('# seen 1 time, first '))
        self.assertIn("pattern = '^zorbl qwexit frumious \\d+$'", suggested)
        self.assertNotIn('User unknown', suggested)
        [first, second] = self.right('rules', 'suggest', '--json').json
        self.assertEqual((first['count'], first['template'], first['id']), (3, '550 zorbl qwexit frumious <n>', 'local/zorbl-qwexit-frumious'))
        self.assertEqual(first['samples'], [f'550 zorbl qwexit frumious {i}' for i in range(3)])
        self.assertRegex(first['first_seen'], r'^\d{4}-\d\d-\d\dT')
        self.assertIn(second['section'], suggested)
        self.assertEqual(len(self.right('rules', 'suggest', '--limit', '1', '--json').json), 1)
        self.assertIn('# 1 more template', self.right('rules', 'suggest', '--limit', '1').out)
        self.assertEqual(json.loads(self.right('summary', '--format', 'json').out)['unknown_templates'], 2)
        self.assertIn('2 wordings', self.right('summary').out)
        # Ready to be a rules file, and finished by a reason; then nothing is left to suggest.
        self.write('rules/own.toml', suggested)
        self.right('rules', 'test', self.dir / 'rules')
        self.fill_in('rules/own.toml', suggested)
        self.right('rules', 'test', self.dir / 'rules')
        self.assertEqual(self.right('rules', 'suggest', '--directory', self.dir / 'rules').out, '')
        self.settings = self.write('own.toml', f'[database]\npath = "{self.database}"\n[rules]\ndirectory = "{self.dir}/rules"\n')
        [verdict] = self.right('classify', '--json', '--text', '550 zorbl qwexit frumious 99').json
        self.assertEqual((verdict['rule'], verdict['reason']), ('local/zorbl-qwexit-frumious', 'spam_content'))

    ODD_LINES = ('550 blorp <a@example.org> zip', '550 blorp <b@example.org> zip', '550 blorp mx.example.org zip', '550 blorp zap zip',
                 '550 5.1.1 User unknown', '', '550', '450 4.9.9 ゾルブル', '450 4.9.9 ゾルブ', 'zorbl "quoted" \\ back', "zorbl ''twice'' it's",
                 'x' * 10000)

    def test_suggest_from_files(self):
        lines = self.write('lines', '\n'.join(self.ODD_LINES).encode() + b'\n550 zorbl \xff\xfe bytes \x00\x1b[31m\n')
        suggested = self.right('rules', 'suggest', lines).out
        self.assertEqual(self.right('rules', 'suggest', '-', stdin=lines.read_bytes().decode(errors='replace')).out.count('[[rule]]'),
                         suggested.count('[[rule]]'))
        self.fill_in('rules/own.toml', suggested)
        self.right('rules', 'test', self.dir / 'rules')
        by_count = [o['count'] for o in self.right('rules', 'suggest', '--json', lines).json]
        self.assertEqual(by_count, sorted(by_count, reverse=True))
        self.assertGreater(len(by_count), 6)
        ids = [o['id'] for o in self.right('rules', 'suggest', '--json', lines).json]
        self.assertEqual(len(set(ids)), len(ids))
        # What a suggestion in the way of another left out comes the next time, under an id that is free.
        again = self.right('rules', 'suggest', '--directory', self.dir / 'rules', lines).out
        self.write('rules/more.toml', again)
        self.right('rules', 'test', self.dir / 'rules')
        self.assertEqual(self.right('rules', 'suggest', self.write('none', '550 5.1.1 User unknown\n')).out, '')
        self.wrong(NO_INPUT, 'rules', 'suggest', self.dir / 'missing', says='missing')
        self.wrong(USAGE, 'rules', 'suggest', '--limit', '0', says='0')

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
