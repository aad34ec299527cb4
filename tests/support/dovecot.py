#!/usr/bin/python3
"""A private Dovecot: IMAP over TLS (and STARTTLS, LMTP on request) on free loopback ports, Maildir storage, its own CA, in one directory.

    with Dovecot(directory, lmtp=True) as dovecot:
        dovecot.deliver([mail_bytes, ...])          # straight into the Maildir, the quick way
        dovecot.url, dovecot.user, dovecot.password_file, dovecot.ca_file, dovecot.maildir(), dovecot.lmtp_port

    dovecot.py run --dir D [options] -- CMD…        runs CMD with BOUNCED_TEST_* set, stops the server, exits as CMD does
    dovecot.py run --dir D [options]                prints the variables and serves until it is interrupted

Any user name signs in with the same password and has a mailbox of its own, so that each test case can take a fresh one.
It also listens on 127.0.0.2, for which the certificate is not made out.
Dovecot never runs as root here: started by root, it becomes `nobody`, and so do the mails that `deliver` writes.
"""
import argparse, contextlib, imaplib, itertools, os, pathlib, pwd, shutil, signal, ssl, subprocess, sys, tempfile, time

from ports import free_port

PASSWORD = 'correct-horse-battery-staple'
USER = 'bounces@returns.example'

# What Dovecot 2.3 says after the sign-in; `without` takes words out of it.
CAPABILITIES = (
    'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS THREAD=ORDEREDSUBJECT '
    'MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH '
    'ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE LITERAL+').split()

CONFIG = '''\
base_dir = {run}
state_dir = {run}
log_path = {dir}/dovecot.log
protocols = imap{lmtp_protocol}
listen = 127.0.0.1, 127.0.0.2
ssl = required
ssl_cert = <{tls}/server.pem
ssl_key = <{tls}/server.key
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
mail_location = {mail_location}
mail_fsync = {fsync}
mail_max_userip_connections = 100
imap_capability = {capabilities}
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
{acl}{extra}
'''

ACL = '''\
mail_plugins = acl
protocol imap {{
  mail_plugins = acl imap_acl
}}
plugin {{
  acl = vfile:{path}
}}
'''


def available():
    """Why a private Dovecot can't run here; '' when it can."""
    for program, package in (('dovecot', 'dovecot-imapd'), ('openssl', 'openssl')):
        if not find(program): return f'{program} is not installed (apt-get install {package})'
    return ''


def find(program): return shutil.which(program, path='/usr/sbin:/usr/bin:/sbin:/bin')


def make_certificates(directory, names):
    """A CA and a server certificate of it for `names` (host names and IPv4 addresses)."""
    directory.mkdir(parents=True, exist_ok=True)
    alternatives = ','.join(('IP:' if name.replace('.', '').isdigit() else 'DNS:') + name for name in names)
    def openssl(*words): subprocess.run([find('openssl'), *words], cwd=directory, check=True, capture_output=True)
    new_key = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
    openssl('req', '-x509', *new_key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', '/CN=bounced test CA')
    openssl('req', *new_key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', f'/CN={names[0]}')
    (directory / 'server.ext').write_text(f'subjectAltName={alternatives}\nbasicConstraints=CA:FALSE\n')
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30',
            '-extfile', 'server.ext', '-out', 'server.pem')
    return directory / 'ca.pem'


class Dovecot:
    """See the top. `without`: capabilities not to offer. `read_only`: folders that can only be read. `mail_location`: Dovecot's,
    with %u for the user. `names`: what the certificate is made out to."""

    def __init__(self, directory, user=USER, password=PASSWORD, lmtp=False, without=(), read_only=(), mail_location='',
                 separator='.', prefix='', fsync='never', names=('localhost', '127.0.0.1'), extra=''):
        why = available()
        if why: raise RuntimeError(why)
        self.dir = pathlib.Path(directory).resolve()
        self.user, self.password = user, password
        self.imaps_port, self.starttls_port, self.lmtp_port = free_port(), free_port(), free_port() if lmtp else 0
        owner = pwd.getpwnam('nobody') if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.uid, self.gid, self.account = owner.pw_uid, owner.pw_gid, owner.pw_name
        self.mail_location = mail_location or f'maildir:{self.dir}/mail/%u/Maildir'
        self.separator, self.prefix = separator, prefix
        self.options = {'fsync': fsync, 'extra': extra, 'without': {word.upper() for word in without}, 'read_only': tuple(read_only)}
        self.names = names
        self.master = None
        self.numbers = itertools.count()

    @property
    def url(self): return f'imaps://127.0.0.1:{self.imaps_port}/INBOX'

    @property
    def starttls_url(self): return f'imap://127.0.0.1:{self.starttls_port}/INBOX'

    @property
    def ca_file(self): return self.dir / 'tls' / 'ca.pem'

    @property
    def password_file(self): return self.dir / 'password'

    @property
    def log_file(self): return self.dir / 'dovecot.log'

    def environment(self):
        """What `run` gives to its command."""
        return {'BOUNCED_TEST_IMAP_URL': self.url, 'BOUNCED_TEST_IMAP_STARTTLS_URL': self.starttls_url,
                'BOUNCED_TEST_IMAP_USER': self.user, 'BOUNCED_TEST_IMAP_PASSWORD_FILE': str(self.password_file),
                'BOUNCED_TEST_IMAP_CA_FILE': str(self.ca_file), 'BOUNCED_TEST_MAILDIR': str(self.maildir()),
                'BOUNCED_TEST_MAIL_ROOT': str(self.dir / 'mail'), 'BOUNCED_TEST_MAIL_OWNER': f'{self.uid}:{self.gid}',
                'BOUNCED_TEST_IMAP_WITHOUT': ' '.join(sorted(self.options['without'])),
                'BOUNCED_TEST_LMTP_PORT': str(self.lmtp_port), 'BOUNCED_TEST_DOVECOT_LOG': str(self.log_file)}

    def __enter__(self):
        self._open_the_way()
        # The socket path of a deep directory would pass the 108 bytes that the kernel allows.
        self.run = pathlib.Path(tempfile.mkdtemp(prefix='dovecot-'))
        for name in ('mail', 'tls'): (self.dir / name).mkdir(parents=True, exist_ok=True)
        if not self.ca_file.exists(): make_certificates(self.dir / 'tls', self.names)
        self.password_file.write_text(self.password + '\n')
        self.password_file.chmod(0o600)
        self._write_config()
        for path in (self.run, self.dir / 'mail', self.dir / 'tls', self.dir / 'tls' / 'server.key', self.dir / 'dovecot.conf'):
            self.own(path)
        self.log_file.touch()
        self.own(self.log_file)
        self._start()
        return self

    def _start(self):
        as_owner = {'user': self.uid, 'group': self.gid, 'extra_groups': []} if os.geteuid() == 0 else {}
        self.master = subprocess.Popen([find('dovecot'), '-F', '-c', str(self.dir / 'dovecot.conf')], cwd='/', stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **as_owner)
        self._wait_until_it_answers()

    def _stop(self):
        if self.master and self.master.poll() is None:
            self.master.terminate()
            try: self.master.wait(10)
            except subprocess.TimeoutExpired: self.master.kill(); self.master.wait()
        if self.master: self.master.stderr.close()

    def restart(self):
        """All connections are lost; the mail stays."""
        self._stop()
        self._start()

    def __exit__(self, *_):
        self._stop()
        shutil.rmtree(self.run, ignore_errors=True)

    def _open_the_way(self):
        """Lets `nobody` reach a directory that root made for itself below the temporary directory."""
        self.dir.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0: return
        for path in (self.dir, *self.dir.parents):
            mode = path.stat().st_mode
            if mode & 0o001: continue
            if pathlib.Path(tempfile.gettempdir()).resolve() not in path.parents:
                raise RuntimeError(f'{path} can\'t be entered by {self.account}: choose a directory below {tempfile.gettempdir()}')
            path.chmod(mode | 0o001)

    def _write_config(self):
        acl = ''
        if self.options['read_only']:
            path = self.dir / 'acl'
            path.write_text(''.join(f'{folder} owner lr\n'
                                    for folder in self.options['read_only']))
            acl = ACL.format(path=path)
        (self.dir / 'dovecot.conf').write_text(CONFIG.format(
            dir=self.dir, run=self.run, tls=self.dir / 'tls', user=self.account, group=self._group(), uid=self.uid, gid=self.gid,
            password=self.password, mail_location=self.mail_location, separator=self.separator, prefix=self.prefix,
            fsync=self.options['fsync'], imaps_port=self.imaps_port, starttls_port=self.starttls_port, lmtp_port=self.lmtp_port,
            lmtp_protocol=' lmtp' if self.lmtp_port else '', acl=acl, extra=self.options['extra'],
            capabilities=' '.join(word for word in CAPABILITIES if word not in self.options['without'])))

    def _group(self):
        import grp
        return grp.getgrgid(self.gid).gr_name

    def _wait_until_it_answers(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.master.poll() is not None: raise RuntimeError(f'dovecot stopped: {self.master.stderr.read().decode()}{self.log()}')
            with contextlib.suppress(OSError):
                self.connect().logout()
                return
            time.sleep(0.05)
        self.master.kill()
        raise RuntimeError(f'dovecot does not answer: {self.log()[-4000:]}')

    def log(self): return self.log_file.read_text(errors='replace') if self.log_file.exists() else ''

    def own(self, path):
        if os.geteuid() == 0: os.chown(path, self.uid, self.gid)

    def connect(self, user=''):
        """A signed-in imaplib connection: a second pair of eyes on the mailbox."""
        client = imaplib.IMAP4_SSL('127.0.0.1', self.imaps_port, ssl_context=ssl.create_default_context(cafile=self.ca_file), timeout=60)
        client.login(user or self.user, self.password)
        return client

    def maildir(self, user='', folder='INBOX'):
        """Where the folder's mails lie ('/' in its name is the hierarchy), for the default mail_location."""
        root = self.dir / 'mail' / (user or self.user) / 'Maildir'
        return root if folder == 'INBOX' else root / ('.' + folder.replace('/', '.'))

    def deliver(self, mails, user='', folder='INBOX'):
        """Writes mails (bytes) as new ones into the Maildir. Returns how many."""
        directory, count = self.maildir(user, folder), 0
        for path in (self.dir / 'mail' / (user or self.user), directory, *(directory / name for name in ('cur', 'new', 'tmp'))):
            if not path.exists(): path.mkdir(parents=True); self.own(path)
        for mail in mails:
            count += 1
            # Dovecot numbers new mails in the order of their names.
            name = f'{int(time.time())}.M{next(self.numbers):09d}P{os.getpid()}.test'
            (directory / 'tmp' / name).write_bytes(mail)
            self.own(directory / 'tmp' / name)
            (directory / 'tmp' / name).rename(directory / 'new' / name)
        return count


def main():
    parser = argparse.ArgumentParser(description='A private Dovecot for as long as a command runs.')
    run = parser.add_subparsers(required=True, metavar='run').add_parser('run', help='start it, run a command, stop it')
    run.add_argument('--dir', help='where everything is kept (default: a temporary directory, removed at the end)')
    run.add_argument('--user', default=USER)
    run.add_argument('--lmtp', action='store_true', help='offer LMTP too')
    run.add_argument('--without', nargs='+', default=[], metavar='WORD', help='capabilities not to offer')
    run.add_argument('--read-only', nargs='+', default=[], metavar='FOLDER', help='folders that can only be read')
    run.add_argument('--mail-location', default='', help="Dovecot's mail_location")
    run.add_argument('--separator', default='.', help='hierarchy delimiter of the folder names')
    run.add_argument('--prefix', default='', help='namespace prefix of the folder names, e.g. INBOX.')
    run.add_argument('--fsync', default='never', choices=('never', 'optimized', 'always'))
    run.add_argument('--fill', metavar='DIR', help='deliver every file of DIR first, in the order of their names')
    words = sys.argv[1:]
    command = words[words.index('--') + 1:] if '--' in words else []
    options = parser.parse_args(words[:words.index('--')] if '--' in words else words)

    with contextlib.ExitStack() as stack:
        directory = options.dir or stack.enter_context(tempfile.TemporaryDirectory(prefix='bounced-'))
        try:
            dovecot = stack.enter_context(Dovecot(directory, user=options.user, lmtp=options.lmtp, without=options.without,
                                                  read_only=options.read_only, mail_location=options.mail_location,
                                                  separator=options.separator, prefix=options.prefix, fsync=options.fsync))
        except RuntimeError as error:
            print(f'dovecot.py: {error}', file=sys.stderr)
            return 69
        if options.fill:
            dovecot.deliver(path.read_bytes() for path in sorted(pathlib.Path(options.fill).iterdir()) if path.is_file())
        if command: return subprocess.run(command, env={**os.environ, **dovecot.environment()}).returncode
        for name, value in dovecot.environment().items(): print(f'{name}={value}', flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == '__main__': sys.exit(main())
