#!/usr/bin/python3
"""A private Postfix: its own configuration, queue and port on loopback, in one directory; needs root, as Postfix's master does.

    with Postfix(directory, next_hop_port, lmtp_port, return_domain='returns.example') as postfix:
        postfix.send(sender, recipients, message)

Mail to `return_domain` goes to the LMTP server (Dovecot), all other mail to the scripted next hop. Bounces and delay notices are
Postfix's own work.
"""
import os, pathlib, pwd, shutil, smtplib, subprocess, time

from ports import free_port

MASTER = '''\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
'''

MAIN = '''\
compatibility_level = 3.6
queue_directory = {dir}/spool
data_directory = {dir}/data
maillog_file = {dir}/postfix.log
maillog_file_prefixes = {dir}
myhostname = mta.sender.example
mydomain = sender.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_database_type = texthash
alias_maps =
local_recipient_maps =
relay_domains =
transport_maps = inline:{{ {{ {return_domain} = lmtp:inet:127.0.0.1:{lmtp_port} }} }}
relayhost = [127.0.0.1]:{next_hop_port}
smtp_host_lookup = native
smtp_dns_support_level = disabled
disable_dns_lookups = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtputf8_autodetect_classes = all
biff = no
notify_classes =
append_dot_mydomain = no
smtp_destination_concurrency_limit = 20
smtp_destination_concurrency_positive_feedback = 1
smtp_destination_concurrency_failed_cohort_limit = 0
default_destination_concurrency_failed_cohort_limit = 0
smtp_connection_cache_on_demand = no
lmtp_destination_recipient_limit = 1
in_flow_delay = 0
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
delay_warning_time = 1s
maximal_queue_lifetime = {queue_lifetime}
bounce_queue_lifetime = 1d
{extra}
'''


def available():
    """Why a private Postfix can't run here; '' when it can."""
    if os.geteuid() != 0: return 'Postfix needs root'
    if not shutil.which('postfix', path='/usr/sbin:/sbin:/usr/bin'): return 'postfix is not installed'
    return ''


class Postfix:
    def __init__(self, directory, next_hop_port, lmtp_port, return_domain='returns.example', queue_lifetime='1d', extra='', extra_master=''):
        self.dir = pathlib.Path(directory)
        self.port = free_port()
        config = self.dir / 'etc'
        for name in ('etc', 'spool', 'data'): (self.dir / name).mkdir(parents=True, exist_ok=True)
        for parent in (self.dir, *self.dir.parents):
            if parent.stat().st_mode & 0o001 == 0: parent.chmod(parent.stat().st_mode | 0o011)
        owner = pwd.getpwnam('postfix')
        os.chown(self.dir / 'data', owner.pw_uid, owner.pw_gid)
        (config / 'main.cf').write_text(MAIN.format(dir=self.dir, return_domain=return_domain, lmtp_port=lmtp_port,
                                                    next_hop_port=next_hop_port, queue_lifetime=queue_lifetime, extra=extra))
        (config / 'master.cf').write_text(MASTER.format(port=f'127.0.0.1:{self.port}') + extra_master)
        self.config = config

    def postfix(self, *words):
        # Postfix runs its commands with the environment's PATH; MAIL_CONFIG makes every one of them use this instance.
        return subprocess.run(['/usr/sbin/postfix', '-c', str(self.config), *words], capture_output=True, text=True,
                              env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'MAIL_CONFIG': str(self.config)})

    def __enter__(self):
        done = self.postfix('start')
        if done.returncode: raise RuntimeError(f'postfix start: {done.stderr}{self.log()}')
        for _ in range(100):
            try:
                with smtplib.SMTP('127.0.0.1', self.port, timeout=5): return self
            except OSError: time.sleep(0.1)
        raise RuntimeError(f'postfix does not answer: {self.log()}')

    def __exit__(self, *_): self.postfix('stop')

    def log(self):
        path = self.dir / 'postfix.log'
        return path.read_text(errors='replace') if path.exists() else ''

    def send(self, sender, recipients, message, **options):
        with smtplib.SMTP('127.0.0.1', self.port, timeout=30) as smtp:
            smtp.sendmail(sender, recipients, message.encode('utf-8') if isinstance(message, str) else message, **options)

    def queue_length(self):
        return sum(len([f for f in files]) for name in ('incoming', 'active', 'deferred')
                   for _, _, files in os.walk(self.dir / 'spool' / name))

    def drop_queue(self):
        subprocess.run(['/usr/sbin/postsuper', '-c', str(self.config), '-d', 'ALL'], capture_output=True)
