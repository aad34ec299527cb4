"""One class an MTA: how it is installed, configured, started and fed. Runs inside the throw-away root of zoo.py."""
import os, pathlib, pwd, smtplib, subprocess, sys, time

from ports import free_port

QUIET = {'DEBIAN_FRONTEND': 'noninteractive', 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LC_ALL': 'C.UTF-8'}


def run(*words, check=True, **options):
    done = subprocess.run(words, capture_output=True, text=True, env=QUIET, **options)
    if check and done.returncode: raise RuntimeError(f'{" ".join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}')
    return done


def write(path, text, mode=0o644):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')
    path.chmod(mode)


class Keeper:
    packages = ()
    smtputf8 = False
    warns = True          # sends delay notices that a test can wait for
    delay_seconds = 20
    one_reply = False     # gives all recipients of a mail the first one's reply, so that mails with several tell nothing
    process = None

    def __init__(self, next_hop): self.next_hop, self.port = next_hop, free_port()

    def install(self):
        write('/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755)
        write('/etc/hosts', '127.0.0.1 localhost\n127.0.0.1 mta.sender.example mta\n')
        write('/etc/mailname', 'mta.sender.example\n')
        run('apt-get', '-qq', '-y', '--no-install-recommends', 'install', *self.packages)
        self.configure()

    def configure(self): pass

    def start(self): pass

    def stop(self):
        if self.process: self.process.terminate(); self.process.wait(10)

    def drop_queue(self): pass

    def daemon(self, *words):
        self.process = subprocess.Popen(words, env=QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for_port()

    def wait_for_port(self):
        for _ in range(150):
            try:
                with smtplib.SMTP('127.0.0.1', self.port, timeout=5): return
            except OSError: time.sleep(0.1)
        raise RuntimeError(f'{type(self).__name__} does not answer')

    def send(self, sender, recipients, message):
        wide = not all(r.isascii() for r in recipients)
        with smtplib.SMTP('127.0.0.1', self.port, timeout=30) as smtp:
            smtp.sendmail(sender, recipients, message.replace('\n', '\r\n').encode('utf-8'), mail_options=['SMTPUTF8', 'BODY=8BITMIME'] if wide else [])

    def submit(self, program, sender, recipients, message):
        run(*program, '-f', sender, '--', *recipients, input=message)


class Exim(Keeper):
    packages = ('exim4-daemon-light',)
    smtputf8 = True
    CONFIG = '''
primary_hostname = mta.sender.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
acl_smtp_rcpt = ok
acl_smtp_data = ok
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
delay_warning = 1s:1d
delay_warning_condition = yes
keep_environment =
tls_advertise_hosts =
queue_run_max = 5
begin acl
ok:
  accept
begin routers
all:
  driver = manualroute
  domains = *
  route_list = * 127.0.0.1
  self = send
  transport = out
begin transports
out:
  driver = smtp
  port = {next_hop}
  allow_localhost
  hosts_avoid_tls = *
begin retry
* * F,1d,1s
'''

    def configure(self): write('/etc/exim4/exim4.conf', self.CONFIG.format(port=self.port, next_hop=self.next_hop))

    def start(self): self.daemon('/usr/sbin/exim4', '-C', '/etc/exim4/exim4.conf', '-bdf', '-q2s')

    def drop_queue(self): run('sh', '-c', 'exim4 -bpru | awk "/^ *[0-9]/{print \\$3}" | xargs -r exim4 -Mrm', check=False)


class Sendmail(Keeper):
    packages = ('sendmail-bin', 'sendmail-cf', 'm4')
    MC = '''divert(-1)
divert(0)dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
undefine(`confHOST_STATUS_DIRECTORY')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {next_hop}')dnl
define(`QUEUE_DIR', `/var/spool/zoo')dnl
define(`confTO_QUEUEWARN', `1s')dnl
define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confDOMAIN_NAME', `mta.sender.example')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`nocanonify')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port={port}, Addr=127.0.0.1')dnl
MAILER(`smtp')dnl
'''

    def configure(self):
        write('/etc/mail/zoo.mc', self.MC.format(port=self.port, next_hop=self.next_hop))
        os.makedirs('/var/spool/zoo', mode=0o700, exist_ok=True)
        text = run('m4', '/etc/mail/zoo.mc').stdout
        write('/etc/mail/sendmail.cf', text)
        for name in ('local-host-names', 'trusted-users', 'relay-domains'): write(f'/etc/mail/{name}', '')

    def start(self): self.daemon('/usr/libexec/sendmail/sendmail', '-bD', '-q2s', '-C', '/etc/mail/sendmail.cf')

    def drop_queue(self): run('sh', '-c', 'rm -f /var/spool/zoo/*', check=False)


class OpenSmtpd(Keeper):
    packages = ('opensmtpd',)
    warns = False   # the first delay notice comes after four hours

    def configure(self):
        write('/etc/smtpd.conf', f'''listen on 127.0.0.1 port {self.port} hostname mta.sender.example
action "out" relay helo mta.sender.example host smtp://127.0.0.1:{self.next_hop}
match from any for any action "out"
''')

    def start(self): self.daemon('/usr/sbin/smtpd', '-d')

    def drop_queue(self): run('smtpctl', 'remove', 'all', check=False)


class Courier(Keeper):
    packages = ('courier-mta',)
    warns = False

    def configure(self):
        write('/etc/courier/me', 'mta.sender.example\n')
        write('/etc/courier/defaultdomain', 'sender.example\n')
        write('/etc/courier/esmtproutes', f':[127.0.0.1],{self.next_hop}\n')
        write('/etc/courier/locals', 'mta.sender.example\n')
        # As shipped, Courier sends no bounces over SMTP; here they must leave.
        settings = pathlib.Path('/etc/courier/courierd')
        settings.write_text(settings.read_text().replace('ESMTP_BLOCKBACKSCATTER=smtp/dsn', 'ESMTP_BLOCKBACKSCATTER=none'))
        write('/etc/courier/dsnfrom', '"Courier mail server at mta.sender.example" <@>\n')

    def start(self):
        run('sh', '-c', 'mkdir -p /run/courier /var/run/courier; chown courier:courier /run/courier', check=False)
        run('/usr/sbin/courier', 'start', check=False)
        time.sleep(2)

    def send(self, sender, recipients, message): self.submit(['/usr/bin/sendmail' if os.path.exists('/usr/bin/sendmail') else '/usr/sbin/sendmail'], sender, recipients, message)

    def stop(self): run('/usr/sbin/courier', 'stop', check=False)


class Dma(Keeper):
    packages = ('dma',)
    warns = False

    def configure(self):
        write('/etc/dma/dma.conf', f'SMARTHOST 127.0.0.1\nPORT {self.next_hop}\nMAILNAME mta.sender.example\nSPOOLDIR /var/spool/dma\n')
        write('/etc/aliases', '')

    def send(self, sender, recipients, message): self.submit(['/usr/sbin/dma'], sender, recipients, message)


class Nullmailer(Keeper):
    packages = ('nullmailer',)
    warns = False
    one_reply = True

    def configure(self):
        write('/etc/nullmailer/remotes', f'127.0.0.1 smtp --port={self.next_hop}\n', 0o644)
        write('/etc/nullmailer/me', 'mta.sender.example\n')
        write('/etc/nullmailer/pausetime', '1\n')
        write('/etc/nullmailer/defaultdomain', 'sender.example\n')

    def start(self):
        self.process = subprocess.Popen(['setpriv', '--reuid', 'mail', '--regid', 'mail', '--clear-groups', '/usr/sbin/nullmailer-send'],
                                        env=QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def send(self, sender, recipients, message): self.submit(['/usr/sbin/nullmailer-inject' if os.path.exists('/usr/sbin/nullmailer-inject') else '/usr/bin/nullmailer-inject'], sender, recipients, message)

    def drop_queue(self): run('sh', '-c', 'rm -f /var/spool/nullmailer/queue/*', check=False)


class PostfixKeeper(Keeper):
    packages = ('postfix',)
    smtputf8 = True
    private = None

    def start(self):
        from postfix import Postfix
        self.private = Postfix('/var/tmp/zoo-postfix', self.next_hop, self.next_hop, return_domain='nobody.invalid')
        self.private.__enter__()
        self.port = self.private.port

    def stop(self): self.private.__exit__()

    def drop_queue(self): self.private.drop_queue()


KEEPERS = {'postfix': PostfixKeeper, 'exim': Exim, 'sendmail': Sendmail, 'opensmtpd': OpenSmtpd, 'courier': Courier, 'dma': Dma,
           'nullmailer': Nullmailer}
