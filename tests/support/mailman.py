#!/usr/bin/python3
"""A private Mailman 3 core with its REST interface on a free loopback port, in one directory: SQLite, no mail in or out.

    with Mailman(directory) as mailman:
        mailman.make_list('news@lists.example')
        mailman.subscribe('news@lists.example', 'anna@example.org')
        mailman.members('news@lists.example')          # {'anna@example.org': 'enabled'}
        mailman.url, mailman.user, mailman.password, mailman.config

Only the runner of the REST interface is started, as the user that Debian's package makes; never the system's service.
"""
import base64, json, os, pathlib, pwd, shutil, subprocess, tempfile, time, urllib.error, urllib.parse, urllib.request

from ports import free_port

RUNNER = '/usr/lib/mailman3/bin/runner'
CONFIG = '''\
[mailman]
layout: private
site_owner: root@lists.example
[paths.private]
var_dir: {dir}/var
bin_dir: /usr/lib/mailman3/bin
template_dir: {dir}/var/templates
[database]
url: sqlite:///{dir}/var/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
lmtp_host: 127.0.0.1
lmtp_port: {lmtp_port}
smtp_host: 127.0.0.1
smtp_port: {smtp_port}
[webservice]
hostname: 127.0.0.1
port: {port}
admin_user: restadmin
admin_pass: {password}
'''


def available():
    """Why a private Mailman can't run here; '' when it can."""
    if not os.path.exists(RUNNER): return 'Mailman 3 is not installed (apt-get install mailman3)'
    if os.geteuid() != 0: return 'Mailman 3 needs root, to become the user list'
    return ''


class Mailman:
    def __init__(self, directory, password='s3cret'):
        why = available()
        if why: raise RuntimeError(why)
        self.dir = pathlib.Path(directory).resolve()
        self.user, self.password, self.port = 'restadmin', password, free_port()
        self.url = f'http://127.0.0.1:{self.port}/3.1'
        self.config = self.dir / 'mailman.cfg'
        self.process = None

    def __enter__(self):
        owner = pwd.getpwnam('list')
        for path in (self.dir, *self.dir.parents):
            if path.is_relative_to(tempfile.gettempdir()) and path != pathlib.Path(tempfile.gettempdir()):
                path.mkdir(parents=True, exist_ok=True)
                path.chmod(path.stat().st_mode | 0o011)
        (self.dir / 'var').mkdir(exist_ok=True)
        self.config.write_text(CONFIG.format(dir=self.dir, port=self.port, password=self.password, lmtp_port=free_port(), smtp_port=free_port()))
        os.chown(self.dir / 'var', owner.pw_uid, owner.pw_gid)
        self.start()
        self.call('POST', '/domains', mail_host='lists.example')
        return self

    def __exit__(self, *_): self.stop()

    def start(self):
        owner = pwd.getpwnam('list')
        self.log = (self.dir / 'runner.log').open('ab')
        self.process = subprocess.Popen([RUNNER, '-C', str(self.config), '-r', 'rest'], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], start_new_session=True,
                                        env={'PATH': '/usr/bin:/bin', 'HOME': str(self.dir / 'var'), 'LANG': 'C.UTF-8'})
        for _ in range(600):
            if self.process.poll() is not None: break
            try:
                self.call('GET', '/system/versions')
                return
            except OSError: time.sleep(0.1)
        raise RuntimeError(f'mailman does not answer: {(self.dir / "runner.log").read_text(errors="replace")[-2000:]}')

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try: self.process.wait(10)
            except subprocess.TimeoutExpired: self.process.kill(); self.process.wait()
        if self.process: self.log.close()
        self.process = None

    def call(self, method, path, **form):
        """The JSON of an answer; None where it is empty. An answer that is an error raises urllib's HTTPError."""
        request = urllib.request.Request(self.url + path, method=method, data=urllib.parse.urlencode(form).encode() if form else None)
        request.add_header('Authorization', 'Basic ' + base64.b64encode(f'{self.user}:{self.password}'.encode()).decode())
        with urllib.request.urlopen(request, timeout=20) as answer: said = answer.read()
        return json.loads(said) if said else None

    @staticmethod
    def list_id(name): return name.replace('@', '.', 1)

    def make_list(self, name): self.call('POST', '/lists', fqdn_listname=name)

    def subscribe(self, name, *addresses):
        for address in addresses:
            self.call('POST', '/members', list_id=self.list_id(name), subscriber=address, pre_verified='true', pre_confirmed='true', pre_approved='true')

    def entries(self, **query):
        found, page = [], 1
        while True:
            part = self.call('GET', '/members/find?' + urllib.parse.urlencode({**query, 'count': 100, 'page': page})).get('entries', [])
            found += part
            if len(part) < 100: return found
            page += 1

    def members(self, name):
        """{address: delivery status} of a list."""
        found = {}
        for status in ('enabled', 'by_user', 'by_bounces', 'by_moderator'):
            for entry in self.entries(list_id=self.list_id(name), role='member', delivery_status=status): found[entry['email']] = status
        return found

    def set_status(self, name, address, status):
        [entry] = self.entries(list_id=self.list_id(name), role='member', subscriber=address)
        self.call('PATCH', f"/members/{entry['member_id']}/preferences", delivery_status=status)

    def bans(self, name=''):
        place = f'/lists/{self.list_id(name)}/bans' if name else '/bans'
        return sorted(entry['email'] for entry in self.call('GET', place).get('entries', []))
