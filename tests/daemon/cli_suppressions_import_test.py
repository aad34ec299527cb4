#!/usr/bin/python3
"""What other systems don't mail any more comes in, and our own exports come back as they were."""
import csv, io, json, time

import cli_case
from cli_case import *  # noqa: F403

SES = {'SuppressedDestinationSummaries': [
    {'EmailAddress': 'bounce@example.org', 'Reason': 'BOUNCE', 'LastUpdateTime': '2020-04-10T21:03:05.123000+00:00'},
    {'EmailAddress': 'spam@example.org', 'Reason': 'COMPLAINT', 'LastUpdateTime': 1586552585.0}], 'NextToken': 'x'}
SENDGRID = [{'created': 1443651125, 'email': 'gone@example.org', 'reason': '550 5.1.1 The email account that you tried to reach does not exist.',
             'status': '5.1.1'},
            {'created': 1443651125, 'email': 'blocked@example.org', 'status': '5.7.1',
             'reason': '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'},
            {'created': 1443651125, 'email': 'odd@example.org', 'reason': 'zorbl', 'status': ''}]
MAILGUN = {'items': [{'address': 'gone@example.org', 'code': '550', 'error': '550 5.1.1 no such user here', 'created_at': 'Fri, 21 Oct 2011 11:02:55 GMT'}],
           'paging': {'next': 'https://api.example/next', 'last': 'https://api.example/last'}}
POSTMARK = {'Suppressions': [
    {'EmailAddress': 'hard@example.org', 'SuppressionReason': 'HardBounce', 'Origin': 'Recipient', 'CreatedAt': '2019-12-17T08:58:33-05:00'},
    {'EmailAddress': 'spam@example.org', 'SuppressionReason': 'SpamComplaint', 'Origin': 'Recipient', 'CreatedAt': '2019-12-17T08:58:33-05:00'}]}
POSTMARK_BOUNCES = {'TotalCount': 3, 'Bounces': [
    {'ID': 1, 'Type': 'HardBounce', 'Email': 'hard@example.org', 'BouncedAt': '2019-11-05T16:33:54Z', 'Details': '550 5.1.1 unknown user', 'Inactive': True},
    {'ID': 2, 'Type': 'Transient', 'Email': 'soft@example.org', 'BouncedAt': '2019-11-05T16:33:54Z', 'Inactive': False},
    {'ID': 3, 'Type': 'SoftBounce', 'Email': 'worn@example.org', 'BouncedAt': '2019-11-05T16:33:54Z', 'Inactive': True}]}
LISTMONK = {'data': {'results': [
    {'id': 1, 'type': 'hard', 'source': 'api', 'meta': {'bouncedRecipients': [{'emailAddress': 'inner@example.org'}]}, 'created_at': '2024-08-20T23:54:22.851858Z',
     'email': 'hard@example.org', 'campaign': {'id': 1, 'name': 'x'}},
    {'id': 2, 'type': 'soft', 'meta': {}, 'email': 'soft@example.org'}, {'id': 3, 'type': 'complaint', 'email': 'spam@example.org'}],
    'query': '', 'total': 3, 'per_page': 20, 'page': 1}}
LISTMONK_CSV = ('uuid,email,name,attributes,status,created_at,updated_at\n'
                'u1,blocked@example.org,"Doe, J.","{""a"": 1}",blocklisted,2024-01-01,2024-01-01\nu2,live@example.org,L,{},enabled,2024-01-01,2024-01-01\n')


class Import(Case):
    def bring(self, text, *words, code=0, name='dump'):
        """Imports a text; returns the counts and what was said."""
        path = self.write(name, text)
        ran = self.bounced('suppressions', 'import', '--json', path, *words)
        self.assertEqual(ran.code, code, ran)
        return (ran.json[0] if ran.out else {}), ran.err

    def rows(self): return {row['address']: row for row in self.right('suppressions', 'export', '--json').json}

    def fresh(self):
        for path in self.dir.glob('bounced.db*'): path.unlink()

    def test_dumps_of_other_systems(self):
        # file → what is suppressed for which reason, and what is left out
        dumps = {
            'ses': (SES, {'bounce': 'provider_suppressed', 'spam': 'complaint'}, 0),
            'sendgrid': (SENDGRID, {'gone': 'user_unknown', 'odd': 'provider_suppressed'}, 1),
            'mailgun': (MAILGUN, {'gone': 'user_unknown'}, 0),
            'postmark': (POSTMARK, {'hard': 'provider_suppressed', 'spam': 'complaint'}, 0),
            'postmark bounces': (POSTMARK_BOUNCES, {'hard': 'user_unknown', 'worn': 'provider_suppressed'}, 1),
            'listmonk': (LISTMONK, {'hard': 'provider_suppressed', 'spam': 'complaint'}, 1),
        }
        forms = [lambda data: json.dumps(data), lambda data: json.dumps(data, indent=2), lambda data: '\ufeff' + json.dumps(data) + '\n',
                 lambda data: json.dumps(data) + '\n' + json.dumps(data if isinstance(data, list) else {'items': []})]
        for name, (data, expected, left_out) in dumps.items():
            for number, form in enumerate(forms[:3]):
                with self.subTest(name=name, form=number):
                    self.fresh()
                    counts, said = self.bring(form(data), '--batch', name)
                    self.assertEqual({a.split('@')[0]: row['reason'] for a, row in self.rows().items()}, expected)
                    self.assertEqual((counts['left_out'], counts['bad'], counts['duplicates']), (left_out, 0, 0), said)
                    for row in self.rows().values():
                        self.assertEqual(row['source'], 'complaint' if row['reason'] == 'complaint' else 'import')
        self.fresh()
        self.bring(json.dumps(SES))
        self.assertEqual({row['first_seen'] for row in self.rows().values()}, {'2020-04-10T21:03:05Z'})

    def test_listmonk_subscribers(self):
        counts, said = self.bring(LISTMONK_CSV)
        self.assertEqual(list(self.rows()), ['blocked@example.org'])
        self.assertEqual(counts['left_out'], 1)
        self.assertIn('dump, line 3: left out: not suppressed there', said)

    def test_lists(self):
        for text, addresses, bad in (('a@example.org\n# a comment\n\n  B@Example.ORG  \r\n<c@example.org>\n', 'abc', []),
                                     ('a@example.org,BOUNCE\nb@example.org,COMPLAINT', 'ab', []),
                                     ('Reason;E-Mail Address;Name\nx;a@example.org;"A;""B"\ny;b@example.org;C\n', 'ab', None),
                                     ('email\tname\na@example.org\tx y\n', 'a', []),
                                     ('email,reason\n"a@example.org","one\ntwo"\nb@example.org,x\n', 'ab', []),
                                     ('a@example.org\nno address\nb@example.org\n@\n', 'ab', [2, 4]),
                                     ('email,x\na@example.org,"open\nb@example.org,y\nc@example.org,z\n', 'bc', [2]),
                                     ('{"email": "a@example.org"}\n{"email": "b@exam\n[1]\n{"name": "x"}\n\n{"address": "c@example.org"} {}\n'
                                      '{"email": "d@example.org"}\n', 'acd', [2, 3, 4, 6])):
            with self.subTest(text=text):
                self.fresh()
                if bad is None:   # a heading that names no address
                    self.wrong(DATA, 'suppressions', 'import', self.write('dump', text.replace('E-Mail Address', 'Adresse')), says='no column')
                    text, bad = text.replace('E-Mail Address', 'Email-Address'), []
                counts, said = self.bring(text, code=DATA if bad else 0)
                self.assertEqual(''.join(a[0] for a in self.rows()), addresses, said)
                self.assertEqual([int(line.split('line ')[1].split(':')[0]) for line in said.splitlines()], bad)
                self.assertEqual((counts['suppressed'], counts['bad']), (len(addresses), len(bad)))

    def test_our_own_export_comes_back_as_it_was(self):
        self.import_mails(dsn('gone@example.org'), dsn('=cmd|calc@example.org', reply='550 5.1.1 =HYPERLINK("x"),\n\tno "such" user'))
        self.right('suppressions', 'add', 'hand@example.org')
        now = time.time()
        pair = dsn('pair@example.org', reply='550 5.7.1 Recipient has blocked your address', status='5.7.1')
        for days in (20, 10, 0):
            self.right('import', '-', stdin=pair.replace(cli_case.TODAY, cli_case.email.utils.formatdate(now - days * 86400)))
        exports = {form: self.right('suppressions', 'export', *form).out for form in ((), ('--json',))}
        self.assertEqual(len(exports[('--json',)].splitlines()), 4)
        for form, text in exports.items():
            self.fresh()
            counts, said = self.bring(text)
            self.assertEqual((counts['suppressed'], said), (4, ''))
            for other, expected in exports.items(): self.assertEqual(self.right('suppressions', 'export', *other).out, expected)
            again, said = self.bring(text, '--batch', 'another')
            self.assertEqual((again['suppressed'], again['standing'], said), (0, 4, ''))
        rows = list(csv.DictReader(io.StringIO(exports[()], newline='')))
        rows[0]['reason'] = 'no_such_reason'
        rows[1]['scope'] = 'pair'
        rows[2]['first_seen'] = 'once'
        rows[3]['expires_at'] = '2020-01-01T00:00:00Z'
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0]); writer.writeheader(); writer.writerows(rows)
        self.fresh()
        counts, said = self.bring(out.getvalue(), code=DATA)
        self.assertEqual((counts['bad'], counts['left_out'], counts['suppressed']), (3, 1, 0), said)
        for text in ("'no_such_reason'", "don't go together", "'once' is no time", 'over already'): self.assertIn(text, said)

    def test_duplicates_and_what_stands(self):
        self.import_mails(dsn('gone@example.org'))
        self.right('suppressions', 'add', 'hand@example.org')
        before = self.rows()
        text = 'gone@example.org\nhand@example.org\nnew@example.org\nNEW@example.org\nother@example.org\n'
        dry, dry_said = self.bring(text, '--batch', 'old', '--dry-run')
        self.assertEqual(self.rows(), before)
        counts, said = self.bring(text, '--batch', 'old')
        self.assertEqual({**dry, 'dry_run': False}, counts)
        self.assertEqual(dry_said, said)
        self.assertEqual((counts['records'], counts['suppressed'], counts['standing'], counts['duplicates']), (5, 2, 2, 1))
        self.assertIn('dump, line 4: new@example.org has come before in old', said)
        self.assertEqual({a: self.rows()[a] for a in before}, before)   # what stood is untouched
        self.assertIn('imported as old', self.right('why', 'new@example.org').out)
        self.assertIn('import by', self.right('why', 'new@example.org').out)
        taken = self.right('undo', '--batch', 'old', '--apply', '--json').json
        self.assertEqual([row['address'] for row in taken[:-1]], ['new@example.org', 'other@example.org'])
        self.assertEqual(self.rows(), before)

    def test_a_dry_run_needs_no_database(self):
        counts, _ = self.bring('a@example.org\na@example.org\n', '--dry-run')
        self.assertEqual((counts['suppressed'], counts['duplicates']), (1, 1))
        self.assertFalse(self.database.exists())

    def test_the_reason_can_be_given(self):
        self.bring(json.dumps(SENDGRID), '--reason', 'mailbox_disabled')
        self.assertEqual({row['reason'] for row in self.rows().values()}, {'mailbox_disabled'})
        self.assertEqual(len(self.rows()), 3)   # nothing is judged then
        self.wrong(USAGE, 'suppressions', 'import', '-', '--reason', 'user_unkown', says="user_unknown")
        self.wrong(NO_INPUT, 'suppressions', 'import', self.dir / 'missing', says='missing')

    def test_many_in_constant_memory_and_batches(self):
        counts, said = self.bring(''.join(f'u{n}@example.org\n' for n in range(12_000)))
        self.assertEqual((counts['suppressed'], said), (12_000, ''))
        self.assertRegex(counts['batch'], r'^import-20\d\d-')
        ran = self.right('undo', '--batch', counts['batch'], '--apply')
        self.assertIn('12,000 suppressions taken back', ran.err)
        self.assertEqual(self.rows(), {})


if __name__ == '__main__': cli_case.main()
