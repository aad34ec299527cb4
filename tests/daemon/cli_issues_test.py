#!/usr/bin/python3
"""What the operator has to mend: listed, shown, closed, muted."""
import cli_case
from cli_case import *  # noqa: F403

BLOCKED = '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'
SPF = '550 5.7.26 Unauthenticated email from sender.example is not accepted due to its DMARC policy. https://support.google.com/mail/?p=UnauthenticatedEmail - gsmtp'


class Issues(Case):
    def setUp(self):
        super().setUp()
        self.import_mails(*(dsn(f'u{i}@example.org', reply=BLOCKED, status='5.7.1') for i in range(3)),
                          dsn('v@example.net', reply=SPF, status='5.7.26'))

    def issues(self, *words): return self.right('issues', 'list', '--json', *words).json
    def states(self): return {i['id']: i['state'] for i in self.issues('--all')}
    def again(self, name): return self.write(f'more/{name}', dsn(f'{name}@example.org', reply=BLOCKED, status='5.7.1')).parent

    def test_list_is_what_it_does_alone(self):
        listed = self.issues()
        self.assertEqual([i['count'] for i in listed], [3, 1])
        self.assertEqual(self.right('issues').out, self.right('issues', 'list').out)
        self.assertEqual(self.right('issues', '--json').json, listed)
        self.assertEqual(self.right('issues', '--all').rows, self.right('issues', 'list', '--all').rows)

    def test_show_has_remedy_and_link(self):
        first, second = self.issues()
        shown = dict(row for row in self.right('issues', 'show', first['id']).rows)
        self.assertEqual((shown['state'], shown['replies'], shown['sample'], shown['remedy']), ('open', '3', BLOCKED, first['remedy']))
        self.assertEqual(shown['link'], first['remedy_url'])
        self.assertTrue(first['remedy'])
        self.assertEqual(self.right('issues', 'show', '--json', second['id'], first['id']).json, [second, first])

    def test_close_and_open_again(self):
        first, second = (i['id'] for i in self.issues())
        self.assertIn('is closed', self.right('issues', 'close', first, '--why', 'delisted').err)
        self.assertIn('stays closed', self.right('issues', 'close', first).err)
        self.assertEqual(self.states(), {first: 'closed', second: 'open'})
        self.assertEqual([i['id'] for i in self.issues()], [second])
        self.assertIn('1 issue was closed', self.right('summary').out)
        self.assertEqual(json.loads(self.right('summary', '--format', 'json').out)['issues_closed'], 1)
        self.right('import', self.again('w'))
        self.assertEqual(self.states(), {first: 'open', second: 'open'})
        self.assertTrue(self.issues()[0]['state_at'])

    def test_mute(self):
        first, second = (i['id'] for i in self.issues())
        self.assertIn('is muted', self.right('issues', 'mute', first, second).err)
        self.right('import', self.again('w'))
        self.assertEqual(self.states(), {first: 'muted', second: 'muted'})
        self.assertEqual(self.issues('--all')[0]['count'], 4)   # counted all the same
        self.assertIn('2 muted', self.right('summary').out)
        self.assertIn('is open again', self.right('issues', 'unmute', first).err)
        self.assertIn('stays open', self.right('issues', 'unmute', first).err)
        self.assertEqual(self.states(), {first: 'open', second: 'muted'})

    def test_wrong_words(self):
        for word in ('99', 'x', '1x', '0'):
            self.wrong(USAGE, 'issues', 'close', word, says=f"there is no issue '{word}'")
        self.wrong(USAGE, 'issues', 'close', 1, 99)
        self.assertEqual(set(self.states().values()), {'open'})   # all of them or none
        self.wrong(USAGE, 'issues', 'close')
        self.wrong(USAGE, 'issues', 'lst', says="did you mean 'list'")


if __name__ == '__main__': cli_case.main()
