#!/usr/bin/python3
"""sync, sync status and sync replay with targets that need no foreign program: files, programs, webhooks.

The webhook's signature is checked with Python's own hmac, from the text of the Standard Webhooks specification.
"""
import base64, csv, hashlib, hmac, json, os, pathlib, signal, stat, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
import cli_case  # noqa: E402
from cli_case import Case, DATA, CONFIG, NO_PERMISSION, TRY_AGAIN, UNAVAILABLE, USAGE, dsn, main  # noqa: E402
from contract_server import ContractServer  # noqa: E402


class SyncCase(Case):
    def targets(self, *sections, extra=''):
        text = f'[database]\npath = "{self.database}"\n{extra}'
        for section in sections: text += '[[target]]\n' + section.replace('DIR', str(self.dir)) + '\n'
        self.settings.write_text(text)
        self.settings.chmod(0o600)

    def suppress(self, *addresses, reason='user_unknown'):
        for address in addresses: self.right('suppressions', 'add', address, '--reason', reason)

    def status(self, name): return self.right('sync', 'status', name, '--json').json[0]


class Files(SyncCase):
    def test_all_formats_and_only_when_something_changed(self):
        self.targets(*(f'name = "{form}"\ntype = "file"\npath = "DIR/out.{form}"\nformat = "{form}"' for form in ('csv', 'jsonl', 'plain')))
        self.import_mails(dsn('dead@example.org', reply='550 5.1.1 =HYPERLINK("http://evil") User unknown'))
        self.suppress('also@example.org')
        self.assertEqual([row[:2] for row in self.right('sync').rows], [['csv', '2'], ['jsonl', '2'], ['plain', '2']])
        with (self.dir / 'out.csv').open(newline='') as file: rows = list(csv.DictReader(file))
        self.assertEqual([row['address'] for row in rows], ['also@example.org', 'dead@example.org'])
        self.assertEqual(rows[1]['reason'], 'user_unknown')
        for row in rows:
            for cell in row.values(): self.assertNotIn(cell[:1], ('=', '+', '-', '@'))
        self.assertEqual([json.loads(line)['address'] for line in (self.dir / 'out.jsonl').read_text().splitlines()],
                         ['also@example.org', 'dead@example.org'])
        self.assertEqual((self.dir / 'out.plain').read_text(), 'also@example.org\ndead@example.org\n')
        before = (self.dir / 'out.plain').stat().st_ino
        self.right('suppressions', 'remove', 'also@example.org')
        self.right('sync')
        self.assertEqual((self.dir / 'out.plain').read_text(), 'dead@example.org\n')
        self.assertNotEqual((self.dir / 'out.plain').stat().st_ino, before)
        self.assertEqual(sorted(path.name for path in self.dir.glob('out.*')), ['out.csv', 'out.jsonl', 'out.plain'])

    def test_filters_choose_what_stands_in_it(self):
        self.targets('name = "some"\ntype = "file"\nformat = "plain"\npath = "DIR/some"\nreasons = ["complaint"]\ndomains = ["example.org"]')
        self.suppress('a@example.org', 'b@example.com', reason='complaint')
        self.suppress('c@example.org')
        self.right('sync')
        self.assertEqual((self.dir / 'some').read_text(), 'a@example.org\n')

    def test_check_finds_what_differs(self):
        for form in ('plain', 'jsonl', 'csv'):
            with self.subTest(form):
                self.targets(f'name = "{form}"\ntype = "file"\nformat = "{form}"\npath = "DIR/{form}"')
                self.suppress('a@example.org', '"b c"@example.org', "'x@example.org", '+dash@example.org')
                self.right('sync')
                self.right('sync', '--check')
                lines = (self.dir / form).read_text().splitlines()
                lines = [line.replace('a@example.org', 'z@example.org') for line in lines]
                (self.dir / form).write_text('\n'.join(lines) + '\n')
                ran = self.bounced('sync', '--check', '--json')
                self.assertEqual(ran.code, DATA, ran)
                self.assertEqual([(row['drift'], row['address']) for row in ran.json], [('missing', 'a@example.org'), ('extra', 'z@example.org')])

    def test_a_directory_that_can_not_be_written(self):
        self.targets('name = "f"\ntype = "file"\npath = "DIR/missing/f"')
        self.suppress('a@example.org')
        ran = self.wrong(74, 'sync', says='missing/f: No such file')
        self.assertEqual(ran.rows[0][4], 'failed')
        self.assertEqual(self.status('f')['state'], 'failing')
        (self.dir / 'missing').mkdir()
        self.assertIn('warning\ttarget f\t1 failure in a row', self.bounced('doctor').out)


class Programs(SyncCase):
    def script(self, name, text):
        path = self.write(name, '#!/bin/sh\n' + text)
        path.chmod(0o755)
        return path

    def test_addresses_on_standard_input(self):
        tell = self.script('tell', 'echo "$BOUNCED_TARGET $BOUNCED_ACTION $1" >> "$0.log"; cat >> "$0.log"\n')
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}", "a b; $(id)"]\nundo_command = ["{tell}", "back"]')
        self.suppress('a@example.org', 'b@example.org')
        self.right('sync')
        self.right('suppressions', 'remove', 'a@example.org')
        self.right('sync')
        self.assertEqual((self.dir / 'tell.log').read_text(),
                         'p suppress a b; $(id)\na@example.org\nb@example.org\np release back\na@example.org\n')

    def test_json_on_standard_input(self):
        tell = self.script('tell', 'cat >> "$0.log"\n')
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]\ninput = "json"')
        self.suppress('a@example.org')
        self.right('sync')
        told = json.loads((self.dir / 'tell.log').read_text())
        self.assertEqual({key: told[key] for key in ('number', 'address', 'suppressed', 'reason', 'scope', 'sender')},
                         {'number': 1, 'address': 'a@example.org', 'suppressed': True, 'reason': 'user_unknown', 'scope': 'global', 'sender': ''})

    def test_exit_codes(self):
        tell = self.script('tell', 'cat > /dev/null; echo "no luck" >&2; exit 3\n')
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]')
        self.suppress('a@example.org')
        self.wrong(UNAVAILABLE, 'sync', says=['exit code 3', 'no luck'])
        self.assertEqual(self.status('p')['behind'], 1)
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]\nsuccess_codes = ["0", "3"]')
        self.right('sync')
        self.assertEqual(self.status('p')['behind'], 0)

    def test_no_such_program(self):
        self.targets('name = "p"\ntype = "exec"\ncommand = ["/no/such/program"]')
        self.suppress('a@example.org')
        self.wrong(CONFIG, 'sync', says="/no/such/program can't be started")

    def test_a_program_that_hangs_is_killed_with_all_that_it_started(self):
        tell = self.script('tell', 'sleep 60 & echo $! > "$0.pid"; cat; wait\n')
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]\ntimeout = "1s"')
        self.suppress('a@example.org')
        begin = time.monotonic()
        self.wrong(UNAVAILABLE, 'sync', says='did not end within 1 s')
        self.assertLess(time.monotonic() - begin, 10)
        child = int((self.dir / 'tell.pid').read_text())
        for _ in range(50):
            try: state = pathlib.Path(f'/proc/{child}/stat').read_text().split()[2]
            except OSError: break
            if state == 'Z': break
            time.sleep(0.05)
        else: self.fail('what it started is still running')

    def test_a_program_that_does_not_read(self):
        tell = self.script('tell', 'exit 0\n')
        self.targets(f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]\nbatch = 10000')
        self.write('many', ''.join(f'somebody-with-a-long-name-{i}@example.org\n' for i in range(5000)))
        self.right('suppressions', 'import', self.dir / 'many')
        self.right('sync')
        self.assertEqual(self.status('p')['delivered'], 5000)


SECRET = 'whsec_' + base64.b64encode(b'0123456789abcdef0123456789abcdef').decode()


class Webhooks(SyncCase):
    def setUp(self):
        super().setUp()
        self.server = ContractServer().__enter__()
        self.addCleanup(lambda: self.server.__exit__())
        self.hook()

    def hook(self, more=''):
        self.write('secret', SECRET + '\n').chmod(0o600)
        self.targets(f'name = "hook"\ntype = "webhook"\nurl = "{self.server.url}/in?x=1"\npassword_file = "DIR/secret"\n' + more)

    def told(self):
        """Every change that the server said yes to."""
        return [(change['suppressed'], change['address']) for request in self.server.requests for change in json.loads(request.body)['data']['changes']]

    def test_what_is_sent(self):
        self.suppress('a@example.org', 'b@example.org')
        self.right('sync')
        [request] = self.server.requests
        self.assertEqual((request.method, request.path, request.query), ('POST', '/in', 'x=1'))
        self.assertEqual(request.headers['Content-Type'], 'application/json')
        body = json.loads(request.body)
        self.assertEqual(body['type'], 'suppressions.changed')
        self.assertEqual([change['number'] for change in body['data']['changes']], [1, 2])
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
        wanted = base64.b64encode(hmac.new(base64.b64decode(SECRET[6:]), signed, hashlib.sha256).digest()).decode()
        self.assertEqual(request.headers['webhook-signature'], 'v1,' + wanted)
        self.assertLess(abs(time.time() - int(request.headers['webhook-timestamp'])), 60)

    def test_the_same_batch_has_the_same_id(self):
        self.suppress('a@example.org')
        self.server.answer = lambda request: (503, 'later')
        self.wrong(UNAVAILABLE, 'sync', says='the server answered 503: later')
        self.server.answer = lambda request: (200, '')
        self.right('sync')
        one, other = self.server.requests
        self.assertEqual(one.headers['webhook-id'], other.headers['webhook-id'])
        self.suppress('b@example.org')
        self.right('sync')
        self.assertNotEqual(self.server.requests[2].headers['webhook-id'], one.headers['webhook-id'])

    def test_answers_about_the_target_keep_everything(self):
        self.suppress('a@example.org')
        for status, code in ((500, UNAVAILABLE), (502, UNAVAILABLE), (429, TRY_AGAIN), (408, UNAVAILABLE), (401, NO_PERMISSION), (403, NO_PERMISSION),
                             (404, CONFIG), (301, CONFIG), (302, CONFIG)):
            with self.subTest(status):
                self.server.answer = lambda request: (status, 'no', {'Location': f'{self.server.url}/elsewhere'})
                count = len(self.server.requests)
                self.wrong(code, 'sync', says=f'answered {status}')
                self.assertEqual(len(self.server.requests), count + 1, 'a redirect was followed')
                self.assertEqual(self.status('hook')['behind'], 1)
        self.assertEqual(self.status('hook')['failures'], 9)
        self.server.answer = lambda request: (204, '')
        self.right('sync')
        self.assertEqual((self.status('hook')['behind'], self.status('hook')['failures']), (0, 0))

    def test_retry_after(self):
        self.suppress('a@example.org')
        self.server.answer = lambda request: (429, 'slow down', {'Retry-After': '7200'})
        self.wrong(TRY_AGAIN, 'sync')
        state = self.status('hook')
        wait = time.mktime(time.strptime(state['next_try_at'], '%Y-%m-%dT%H:%M:%SZ')) - time.mktime(time.strptime(state['tried_at'], '%Y-%m-%dT%H:%M:%SZ'))
        self.assertEqual(wait, 7200)

    def test_gone_disables_it(self):
        self.suppress('a@example.org')
        self.server.answer = lambda request: (410, '')
        self.wrong(UNAVAILABLE, 'sync', says='410')
        self.assertEqual(self.status('hook')['state'], 'disabled')
        self.server.answer = lambda request: (200, '')
        self.right('sync', 'hook')
        self.assertEqual(self.status('hook')['state'], 'ok')

    def test_a_bad_change_is_found_and_put_aside(self):
        self.hook('attempts = 2\n')
        addresses = [f'a{i}@example.org' for i in range(20)]
        self.suppress(*addresses)
        bad = 'a13@example.org'
        taken = []
        def answer(request):
            changes = [change['address'] for change in json.loads(request.body)['data']['changes']]
            if bad in changes: return 422, f'I do not like {bad}'
            taken.extend(changes)
            return 200, ''
        self.server.answer = answer
        self.right('sync')
        self.assertEqual(sorted(taken), sorted(set(addresses) - {bad}))
        self.assertEqual(self.status('hook')['waiting'], 1)
        self.right('sync')
        states = self.right('sync', 'status', '--json').json
        self.assertEqual(states[0]['dead'], 1)
        self.assertEqual((states[1]['refused'], states[1]['state']), (bad, 'dead'))
        self.assertIn('I do not like', states[1]['words'])
        self.server.answer = lambda request: (200, '')
        self.right('sync', 'replay', '--from', '14')
        self.right('sync')
        self.assertEqual(self.status('hook')['dead'], 0)

    def test_no_server(self):
        self.suppress('a@example.org')
        self.server.__exit__()
        ran = self.wrong(UNAVAILABLE, 'sync', says='no connection')
        self.assertNotIn(SECRET[6:], ran.err + ran.out)

    def test_a_server_that_says_nothing(self):
        self.hook('timeout = "1s"\n')
        self.suppress('a@example.org')
        self.server.silent = True
        begin = time.monotonic()
        self.wrong(UNAVAILABLE, 'sync', says='no answer in time')
        self.assertLess(time.monotonic() - begin, 8)

    def test_answers_that_are_no_answers(self):
        self.suppress('a@example.org')
        self.server.answer = lambda request: (500, 'x\x1b[2J' + 'y' * 100000)
        ran = self.wrong(UNAVAILABLE, 'sync')
        self.assertNotIn('\x1b', ran.err)
        self.assertLess(len(ran.err), 2000)
        self.server.answer = lambda request: (200, b'z' * (5 << 20))
        self.wrong(DATA, 'sync', says='larger than 4 MiB')

    def test_a_stop_ends_it_at_once(self):
        self.hook('timeout = "1h"\n')
        self.suppress('a@example.org')
        self.server.silent = True
        process = subprocess.Popen([cli_case.PROGRAM, 'sync', '--config', str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.server.requests: time.sleep(0.02)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        self.assertLess(time.monotonic() - begin, 4)
        self.server.silent = False
        self.assertEqual(self.status('hook')['failures'], 0)

    def test_one_process_at_a_time(self):
        self.suppress('a@example.org')
        self.server.silent = True
        process = subprocess.Popen([cli_case.PROGRAM, 'sync', '--config', str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.server.requests: time.sleep(0.02)
        self.wrong(TRY_AGAIN, 'sync', says='another bounced is telling it')
        self.server.silent = False
        self.assertEqual(process.wait(20), 0)

    def test_the_daemon_tells_within_seconds_and_one_that_hangs_delays_nobody(self):
        with ContractServer() as hanging:
            hanging.silent = True
            mails = self.dir / 'mails'
            mails.mkdir()
            self.targets(f'name = "slow"\ntype = "webhook"\nurl = "{hanging.url}/"\ntimeout = "1h"',
                         f'name = "hook"\ntype = "webhook"\nurl = "{self.server.url}/"',
                         'name = "file"\ntype = "file"\nformat = "plain"\npath = "DIR/out"',
                         extra=f'[run]\npoll_interval = "1s"\n[[mailbox]]\nname = "box"\nurl = "dir:{mails}"\n')
            process = subprocess.Popen([cli_case.PROGRAM, 'run', '--config', str(self.settings)], stderr=subprocess.PIPE, text=True)
            try:
                (mails / 'one').write_text(dsn('dead@example.org'))
                self.wait_for(lambda: self.told() == [(True, 'dead@example.org')] and hanging.requests)
                self.wait_for(lambda: (self.dir / 'out').exists() and (self.dir / 'out').read_text() == 'dead@example.org\n')
                self.right('suppressions', 'remove', 'dead@example.org')   # another process
                self.wait_for(lambda: self.told()[-1] == (False, 'dead@example.org'))
                (mails / 'two').write_text(dsn('gone@example.org'))
                self.wait_for(lambda: self.told()[-1] == (True, 'gone@example.org'))
                process.send_signal(signal.SIGHUP)
                self.wait_for(lambda: len(hanging.requests) >= 2)   # the threads have begun anew
                begin = time.monotonic()
                process.send_signal(signal.SIGTERM)
                said = process.communicate(timeout=20)[1]
                self.assertLess(time.monotonic() - begin, 4)
                self.assertEqual(process.returncode, 0, said)
                self.assertIn('synced', said)
            finally:
                process.kill()

    def wait_for(self, holds, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if holds(): return
            time.sleep(0.05)
        self.fail(f'did not come about: {self.server.requests}')


class Words(SyncCase):
    def test_without_targets(self): self.wrong(CONFIG, 'sync', says='names no target')

    def test_an_unknown_target(self):
        self.targets('name = "one"\ntype = "file"\npath = "DIR/x"')
        for words in (['sync', 'two'], ['sync', 'status', 'two'], ['sync', 'replay', 'two', '--from', '1']):
            self.wrong(USAGE, *words, says='the targets are: one')

    def test_replay_wants_a_number(self):
        self.targets('name = "one"\ntype = "file"\npath = "DIR/x"')
        self.suppress('a@example.org')
        for number in ('0', '-1', 'x', '9', '99999999999999999999'): self.wrong(USAGE, 'sync', 'replay', f'--from={number}')

    def test_dry_runs(self):
        self.targets('name = "one"\ntype = "file"\npath = "DIR/x"', 'name = "two"\ntype = "file"\npath = "DIR/y"\nmode = "dry_run"',
                     'name = "three"\ntype = "file"\npath = "DIR/z"\nmode = "off"')
        self.suppress('a@example.org')
        self.assertEqual(self.right('sync', 'one', '--dry-run').rows, [['one', 'suppress', 'a@example.org', 'user_unknown']])
        self.assertFalse((self.dir / 'x').exists())
        self.assertEqual([row[4] for row in self.right('sync').rows], ['ok', 'dry_run', 'off'])
        self.assertEqual([path.name for path in self.dir.glob('[xyz]')], ['x'])
        self.assertEqual([self.status(name)['behind'] for name in ('one', 'two', 'three')], [0, 1, 1])

    def test_why_tells_who_was_told(self):
        tell = self.write('tell', '#!/bin/sh\ncat > /dev/null\n')
        tell.chmod(0o755)
        self.targets('name = "f"\ntype = "file"\npath = "DIR/out"', f'name = "p"\ntype = "exec"\ncommand = ["{tell}"]',
                     'name = "c"\ntype = "file"\npath = "DIR/complaints"\nreasons = ["complaint"]')
        self.suppress('a@example.org')
        self.assertNotIn('told', self.right('why', 'a@example.org').out)
        self.right('sync')
        out = self.right('why', 'a@example.org').out
        self.assertIn('told p: suppressed (change 1)', out)
        self.assertIn('told f: suppressed (change 1)', out)
        self.assertNotIn('told c', out)
        rows = [row for row in self.right('why', 'a@example.org', '--json').json if 'change' in row]
        self.assertEqual([(row['target'], row['change'], row['suppressed'], row['state']) for row in rows], [('p', 1, True, 'done'), ('f', 1, True, 'done')])
        self.right('suppressions', 'remove', 'a@example.org')
        self.right('sync')
        self.assertIn('told p: no longer suppressed (change 2)', self.right('why', 'a@example.org').out)

    def test_once_tells(self):
        mails = self.dir / 'mails'
        mails.mkdir()
        (mails / 'one').write_text(dsn('dead@example.org'))
        self.targets('name = "f"\ntype = "file"\nformat = "plain"\npath = "DIR/out"', extra=f'[[mailbox]]\nname = "box"\nurl = "dir:{mails}"\n')
        self.right('once')
        self.assertEqual((self.dir / 'out').read_text(), 'dead@example.org\n')


if __name__ == '__main__': main()
