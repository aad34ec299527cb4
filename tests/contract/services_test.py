#!/usr/bin/python3
"""The targets whose services can't run here, each against a server made from its documentation: it checks method, path, query, headers and body of
every request, keeps a state as the service would, and gives every documented answer, wrong ones too.
"""
import base64, hashlib, hmac, json, pathlib, re, sys, urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
sys.path.insert(0, str(HERE.parent / 'daemon'))
from cli_case import Case, CONFIG, NO_PERMISSION, TRY_AGAIN, UNAVAILABLE, main  # noqa: E402
from contract_server import ContractServer  # noqa: E402

ODD = "o'neil+news%_x@example.org"


class ServiceCase:
    """Of every service: told, told again, taken back; troubles of the server; refusals. `self.service` holds the addresses that it has suppressed."""
    settings_text = ''
    tells_ends = True
    trouble_codes = {401: NO_PERMISSION, 403: NO_PERMISSION, 429: TRY_AGAIN, 500: UNAVAILABLE, 503: UNAVAILABLE}

    def setUp(self):
        super().setUp()
        self.held, self.wrong_requests, self.force = set(), [], None
        self.server = ContractServer(self.answer).__enter__()
        self.addCleanup(lambda: self.server.__exit__())
        self.write('password', 's3cret\n').chmod(0o600)
        self.settings.write_text(f'[database]\npath = "{self.database}"\n[[target]]\nname = "it"\nurl = "{self.server.url}"\n'
                                 f'password_file = "{self.dir}/password"\nattempts = 2\n{self.settings_text}\n')

    def answer(self, request):
        if self.force: return self.force
        try: return self.serve(request)
        except Exception as wrong:   # what the service would not take
            self.wrong_requests.append(f'{request.method} {request.path}?{request.query} {request.body}: {wrong!r}')
            return 400, {'message': 'bad request'}

    def check(self, holds, what):
        if not holds: raise ValueError(what)

    def basic(self, request, user, password='s3cret'):
        self.check(request.headers['Authorization'] == 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode(), 'sign-in')

    def suppress(self, *addresses, reason='user_unknown'):
        for address in addresses: self.right('suppressions', 'add', address, '--reason', reason)

    def sync(self):
        done = self.right('sync', '--json').json[0]
        self.assertEqual(self.wrong_requests, [])
        return done

    def status(self): return self.right('sync', 'status', '--json').json[0]

    def test_told_told_again_and_taken_back(self):
        self.suppress('dead@example.org', ODD, 'stranger@example.org')
        self.assertEqual(self.sync()['told'], 3)
        self.assertLessEqual({'dead@example.org', ODD}, self.held)
        self.assertNotIn('other@example.org', self.held)
        self.right('sync', 'replay', '--from', '1')
        self.assertEqual(self.sync()['told'], 3)
        self.assertLessEqual({'dead@example.org', ODD}, self.held)
        self.right('suppressions', 'remove', ODD)
        self.right('suppressions', 'remove', 'stranger@example.org')
        self.assertEqual(self.sync()['told'], 2)
        self.assertEqual(ODD in self.held, not self.tells_ends)
        self.right('sync', 'replay', '--from', '1')
        self.sync()
        self.assertIn('dead@example.org', self.held)

    def test_troubles_keep_everything(self):
        self.suppress('dead@example.org')
        for code, expected in self.trouble_codes.items():
            with self.subTest(code):
                self.force = (code, {'message': 'no \x1b[1m luck'})
                ran = self.wrong(expected, 'sync', says=f'answered {code}')
                self.assertNotIn('s3cret', ran.err)
                self.assertNotIn('\x1b', ran.err)
        self.force = None
        self.assertEqual(self.status()['behind'], 1)
        self.assertEqual(self.sync()['told'], 1)
        self.assertIn('dead@example.org', self.held)

    def test_doctor_tries_it(self):
        self.assertIn('good\ttarget it', self.bounced('doctor').out)
        self.assertEqual(self.wrong_requests, [])
        self.force = (500, 'no')
        self.assertIn('fault\ttarget it' if self.settings_text.find('sendy') < 0 else 'good\ttarget it', self.bounced('doctor').out)


class JsonCase(ServiceCase):
    def test_answers_that_are_no_json_are_not_believed(self):
        self.suppress('dead@example.org')
        for body in ('', '<html>welcome</html>', '[]', '{"data": 7}', 'null'):
            with self.subTest(body):
                self.force = (200, body)
                self.wrong(UNAVAILABLE, 'sync', says="is not what it should be")
        self.force = None
        self.sync()
        self.assertIn('dead@example.org', self.held)


class Listmonk(JsonCase, Case):
    settings_text = 'type = "listmonk"\nuser = "api_user"\n'

    def setUp(self):
        super().setUp()
        self.subscribers = {1: ['dead@example.org', 'enabled'], 2: [ODD.upper(), 'enabled'], 3: ['other@example.org', 'enabled'], 4: ['gone@example.org', 'disabled']}

    def serve(self, request):
        self.basic(request, 'api_user')
        query = urllib.parse.parse_qs(request.query)
        one = re.fullmatch(r'/api/subscribers/(\d+)(/\w+)?', request.path)
        if request.method == 'GET' and request.path == '/api/subscribers':
            sql = query['query'][0]
            if sql == 'false': return 200, {'data': {'results': None, 'total': 0}}
            literal = re.fullmatch(r"subscribers\.email = '((?:[^']|'')*)'", sql)
            self.check(literal, 'SQL')
            wanted = literal.group(1).replace("''", "'").lower()
            found = [{'id': id, 'email': email, 'status': status} for id, (email, status) in self.subscribers.items() if email.lower() == wanted]
            return 200, {'data': {'results': found or None, 'total': len(found)}}
        self.check(one, 'path')
        subscriber = self.subscribers[int(one.group(1))]
        action = (request.method, one.group(2))
        if action == ('PUT', '/blocklist'):
            self.check(subscriber[1] != 'blocklisted', 'was so already')
            subscriber[1] = 'blocklisted'
        elif action == ('DELETE', '/bounces'): pass
        elif action == ('PATCH', None):
            self.check(json.loads(request.body) == {'status': 'enabled'}, 'body')
            subscriber[1] = 'enabled'
        else: raise ValueError('no such call')
        self.held = {{ODD.upper(): ODD}.get(email, email) for email, status in self.subscribers.values() if status == 'blocklisted'}
        return 200, {'data': True}


class ListmonkBounces(JsonCase, Case):
    settings_text = 'type = "listmonk"\nuser = "api_user"\napi = "bounce"\n'
    tells_ends = False
    trouble_codes = {**ServiceCase.trouble_codes, 404: CONFIG}   # bounce webhooks are off

    def serve(self, request):
        self.basic(request, 'api_user')
        if request.method == 'GET': return 200, {'data': {'results': None}}
        self.check((request.method, request.path) == ('POST', '/webhooks/bounce'), 'path')
        body = json.loads(request.body)
        self.check(body['type'] in ('hard', 'complaint') and body['source'] == 'bounced', 'body')
        self.check(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', body['created_at']), 'time')
        self.held.add(body['email'])
        return 200, {'data': True}

    def test_a_complaint_is_one(self):
        self.suppress('angry@example.org', reason='complaint')
        self.sync()
        self.assertEqual(json.loads(self.server.requests[-1].body)['type'], 'complaint')


class Mailgun(ServiceCase, Case):
    settings_text = 'type = "mailgun"\nsending_domain = "mg.example.org"\n'

    def serve(self, request):
        self.basic(request, 'api')
        if request.method == 'POST':
            self.check(request.path == '/v3/mg.example.org/bounces' and request.headers['Content-Type'] == 'application/json', 'path')
            rows = json.loads(request.body)
            self.check(isinstance(rows, list) and 0 < len(rows) <= 1000, 'size')
            if any(row['address'].startswith('bad') for row in rows): return 400, {'message': 'address is wrong'}
            self.check(all(row['code'] == '550' and row['error'] for row in rows), 'row')
            self.held |= {row['address'] for row in rows}
            return 200, {'message': f'{len(rows)} addresses have been added to the bounces table'}
        if request.method == 'GET': return 200, {'items': [], 'paging': {}}
        self.check(request.method == 'DELETE', 'method')
        address = urllib.parse.unquote(request.path.removeprefix('/v3/mg.example.org/bounces/'))
        if address not in self.held: return 404, {'message': 'Address not found in bounces table'}
        self.held.discard(address)
        return 200, {'message': 'Bounced address has been removed'}

    def test_a_thousand_at_a_time(self):
        self.settings.write_text(self.settings.read_text() + 'batch = 10000\n')
        self.write('many', ''.join(f'a{i}@example.org\n' for i in range(2500)))
        self.right('suppressions', 'import', self.dir / 'many')
        self.assertEqual(self.sync()['told'], 2500)
        self.assertEqual(len(self.held), 2500)
        self.assertEqual(sum(request.method == 'POST' for request in self.server.requests), 3)

    def test_a_bad_one_is_found(self):
        self.suppress(*(f'a{i}@example.org' for i in range(9)), 'bad@example.org', 'z@example.org')
        done = self.sync()
        self.assertEqual((done['told'], done['refused']), (10, 1))
        self.assertEqual(len(self.held), 10)
        self.sync()
        self.assertEqual(self.status()['dead'], 1)


class Ses(ServiceCase, Case):
    settings_text = 'type = "ses"\nuser = "AKIDEXAMPLE"\nregion = "eu-west-1"\n'

    def verify(self, request):
        """Signature Version 4, as AWS describes it."""
        found = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/(\d{8})/eu-west-1/ses/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})',
                             request.headers['Authorization'])
        self.check(found, 'Authorization')
        day, names, signature = found.groups()
        self.check('host' in names.split(';') and 'x-amz-date' in names.split(';'), 'signed headers')
        path = '/'.join(urllib.parse.quote(part, safe='-._~') for part in request.path.split('/'))
        canonical = '\n'.join([request.method, path, request.query, *(f'{name}:{request.headers[name].strip()}' for name in names.split(';')), '', names,
                               hashlib.sha256(request.body).hexdigest()])
        scope = f'{day}/eu-west-1/ses/aws4_request'
        to_sign = '\n'.join(['AWS4-HMAC-SHA256', request.headers['X-Amz-Date'], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = b'AWS4s3cret'
        for part in (day, 'eu-west-1', 'ses', 'aws4_request'): key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.check(hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest() == signature, 'signature')

    def serve(self, request):
        self.verify(request)
        place = '/v2/email/suppression/addresses'
        if (request.method, request.path) == ('GET', '/v2/email/account'): return 200, {'SendingEnabled': True}
        if (request.method, request.path) == ('PUT', place):
            body = json.loads(request.body)
            self.check(set(body) == {'EmailAddress', 'Reason'} and body['Reason'] in ('BOUNCE', 'COMPLAINT'), 'body')
            self.held.add(body['EmailAddress'])
            return 200, {}
        self.check(request.method == 'DELETE' and request.path.startswith(place + '/'), 'path')
        address = urllib.parse.unquote(request.path[len(place) + 1:])
        if address not in self.held: return 404, {'message': 'Email address does not exist on your suppression list.'}
        self.held.discard(address)
        return 200, {}


class Phplist(ServiceCase, Case):
    settings_text = 'type = "phplist"\nuser = "admin"\n'

    def setUp(self):
        super().setUp()
        self.keys, self.sessions = set(), 0

    def serve(self, request):
        if request.path == '/api/v2/sessions':
            if json.loads(request.body) != {'login_name': 'admin', 'password': 's3cret'}: return 401, {'message': 'Not authorized'}
            self.sessions += 1
            self.keys = {f'key{self.sessions}'}   # the older ones are over
            return 201, {'id': self.sessions, 'key': f'key{self.sessions}', 'expiry': '2026-01-01'}
        if request.headers['php-auth-pw'] not in self.keys: return 401, {'message': 'No valid session key was provided as basic auth password.'}
        if (request.method, request.path) == ('POST', '/api/v2/blacklist/add'):
            body = json.loads(request.body)
            self.check(body['reason'], 'reason')
            self.held.add(body['email'])
            return 201, {'success': True, 'message': 'added'}
        self.check(request.method == 'DELETE' and request.path.startswith('/api/v2/blacklist/remove/'), 'path')
        address = urllib.parse.unquote(request.path.removeprefix('/api/v2/blacklist/remove/'))
        if address not in self.held: return 404, {'message': 'Not found'}
        self.held.discard(address)
        return 200, {'success': True}

    def test_a_session_that_ends_is_begun_anew(self):
        serve, calls = self.serve, []
        def forgetful(request):
            calls.append(request.path)
            if len(calls) == 3: self.keys = set()
            return serve(request)
        self.serve = forgetful
        self.suppress(*(f'a{i}@example.org' for i in range(5)))
        self.assertEqual(self.sync()['told'], 5)
        self.assertEqual(self.sessions, 2)
        self.assertEqual(len(self.held), 5)

    def test_a_wrong_password(self):
        self.write('password', 'wrong\n')
        self.suppress('dead@example.org')
        self.wrong(NO_PERMISSION, 'sync', says='answered 401')
        self.assertEqual(self.status()['behind'], 1)


class Mautic(JsonCase, Case):
    settings_text = 'type = "mautic"\nuser = "admin"\n'

    def setUp(self):
        super().setUp()
        self.contacts = {47: 'dead@example.org', 48: ODD, 49: 'other@example.org', 50: 'dead@example.organic'}

    def serve(self, request):
        self.basic(request, 'admin')
        if (request.method, request.path) == ('GET', '/api/contacts'):
            search = urllib.parse.parse_qs(request.query).get('search', [''])[0]
            self.check(not search or search.startswith('email:'), 'search')
            found = {str(id): {'id': id, 'fields': {'all': {'id': id, 'email': email}}} for id, email in self.contacts.items()
                     if search and email.startswith(search[6:])}   # it searches loosely
            return 200, {'total': str(len(found)), 'contacts': found or []}
        one = re.fullmatch(r'/api/contacts/(\d+)/dnc/email/(add|remove)', request.path)
        self.check(request.method == 'POST' and one, 'path')
        email = self.contacts[int(one.group(1))]
        if one.group(2) == 'add':
            self.check(json.loads(request.body)['reason'] in (1, 2, 3), 'reason')
            self.held.add(email)
        else: self.held.discard(email)
        return 200, {'contact': {'id': int(one.group(1))}}

    def test_names_that_are_alike_are_left_alone(self):
        self.suppress('dead@example.org')
        self.sync()
        self.assertEqual(self.held, {'dead@example.org'})


class Sendy(ServiceCase, Case):
    settings_text = 'type = "sendy"\ntarget_lists = ["aBc123", "dEf456"]\n'
    tells_ends = False

    def serve(self, request):
        if request.path == '/': return 200, '<html>Sendy</html>'
        self.check((request.method, request.path) == ('POST', '/unsubscribe'), 'path')
        form = {name: values[0] for name, values in urllib.parse.parse_qs(request.body.decode()).items()}
        self.check(set(form) == {'email', 'list', 'boolean', 'api_key'} and form['boolean'] == 'true', 'form')
        if form['list'] not in ('aBc123', 'dEf456'): return 200, 'Invalid list ID.'
        if form['email'].startswith('bad'): return 200, 'Invalid email address.'
        if form['email'].startswith('stranger'): return 200, 'Email does not exist.'
        self.held.add(form['email'])
        return 200, 'true' if form['list'] == 'aBc123' else '1\n'

    def test_words_with_status_200(self):
        self.suppress('dead@example.org')
        for said, code in (('Some fields are missing.', CONFIG), ('Invalid list ID.', CONFIG), ('<html>It works!</html>', UNAVAILABLE), ('', UNAVAILABLE)):
            with self.subTest(said):
                self.force = (200, said)
                self.wrong(code, 'sync', says='the server said')
                self.assertEqual(self.status()['behind'], 1)
        self.force = None
        self.suppress('bad@example.org')
        self.assertEqual(self.right('sync', '--json').json[0]['refused'], 1)


if __name__ == '__main__': main()
