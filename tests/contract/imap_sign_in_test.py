#!/usr/bin/python3
"""`bounced once` against servers that fail before a folder is open: exit code, words, and no secret in either.

    imap_sign_in_test.py BOUNCED
"""
import base64, pathlib, subprocess, sys, tempfile, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'support'))
from scripted_imap import ScriptedImap

USER, PASSWORD = 'bounces@returns.example', 'hush-not-a-word'
SASL = base64.b64encode(f'\0{USER}\0{PASSWORD}'.encode()).decode()

SIGN_IN = '''
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
S: $ OK done
C: AUTHENTICATE PLAIN *
'''

# what it shows, the transcript, exit code, words of the message and hint
CASES = [
    ('BYE at the greeting', 'S: * BYE [UNAVAILABLE] too many connections\nS! EOF', 69, ('too many connections',)),
    ('rubbish at the greeting', 'S: 220 smtp.example.org ESMTP\nS! WAIT', 69, ('220 smtp.example.org', 'url')),
    ('rubbish with NULs', 'S: \\0\\0\\0\\0\nS! EOF', 69, ()),
    ('an empty connection', 'S! EOF', 69, ('closed',)),
    ('half a greeting, then nothing', 'S= * OK rea\nS! WAIT', 69, ('in time',)),
    ('the password is wrong', SIGN_IN + 'S: $ NO [AUTHENTICATIONFAILED] Invalid credentials\nS! WAIT', 77,
     (USER, 'Invalid credentials', 'password')),
    ('the server can\'t check passwords now', SIGN_IN + 'S: $ NO [UNAVAILABLE] Temporary authentication failure.\nS! WAIT', 69,
     ('Temporary authentication failure', 'next pass')),
    ('too many sign-ins', SIGN_IN + 'S: $ NO [LIMIT] Too many simultaneous connections.\nS! WAIT', 69, ('simultaneous',)),
    ('the server throws us out while we sign in', SIGN_IN + 'S: * BYE Disconnected for inactivity\nS! EOF', 69, ('inactivity',)),
    ('the server repeats what it was sent', SIGN_IN + f'S: $ NO AUTHENTICATE PLAIN {SASL} failed for {PASSWORD}\nS! WAIT', 77,
     ('AUTHENTICATE PLAIN',)),
    ('no way of signing in', '''
S: * OK ready
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 LOGINDISABLED
S: $ OK done
S! WAIT''', 77, ('sign-in',)),
    ('no STARTTLS: the password is not sent', '''
S: * OK ready
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
S: $ OK done
C: NEVER
S! TLS''', 78, ('STARTTLS', 'imaps://')),
    ('STARTTLS is refused: the password is not sent', '''
S: * OK ready
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN
S: $ OK done
C: STARTTLS
S: $ NO not today
C: NEVER
S! TLS''', 78, ('STARTTLS',)),
    ('already signed in without TLS (PREAUTH): not accepted', '''
S: * PREAUTH welcome
C: NEVER
S! TLS''', None, ()),
    ('STARTTLS, then a refusal', '''
S: * OK ready
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 STARTTLS
S: $ OK done
C: STARTTLS
S: $ OK go
S! TLS
C: CAPABILITY
S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
S: $ OK done
C: AUTHENTICATE PLAIN *
S: $ NO [AUTHENTICATIONFAILED] no
S! WAIT''', 77, (USER,)),
    ('signed in, then BYE', SIGN_IN + 'S: $ OK in\nC: CAPABILITY\nS: * BYE going down\nS! EOF', 69, ('going down',)),
    ('signed in, then nothing', SIGN_IN + 'S: $ OK in\nC: CAPABILITY\nS! WAIT', 69, ('in time',)),
    ('signed in, then nonsense', SIGN_IN + 'S: $ OK in\nC: CAPABILITY\nS: <html>\nS! WAIT', 69, ('not IMAP',)),
]


def run(bounced, directory, server):
    settings = pathlib.Path(directory) / 'bounced.toml'
    (pathlib.Path(directory) / 'password').write_text(PASSWORD + '\n')
    settings.write_text(f'''
[database]
path = "{directory}/bounced.db"
[[mailbox]]
name = "returns"
url = "{server.url}"
user = "{USER}"
password_file = "{directory}/password"
ca_file = "{server.ca_file}"
connect_timeout = "2s"
read_timeout = "2s"
''')
    return subprocess.run([bounced, 'once', '--config', str(settings)], capture_output=True, text=True, timeout=60)


def check(case, done, server):
    name, _, code, words = case
    text, faults = done.stdout + done.stderr, []
    if code is None and done.returncode not in (69, 77, 78): faults.append(f'exit {done.returncode}, not 69, 77 or 78')
    if code is not None and done.returncode != code: faults.append(f'exit {done.returncode}, not {code}')
    for word in ('mailbox returns: 127.0.0.1:', *words):
        if word not in text: faults.append(f'does not say "{word}"')
    for secret in (PASSWORD, SASL, base64.b64encode(PASSWORD.encode()).decode()):
        if secret in text: faults.append(f'shows {secret}')
        if 'not sent' in name or 'not accepted' in name:
            faults += [f'sent the password: {line}' for line in server.received if secret in line]
    for fault in (*faults, *(server.surprises if 'C: NEVER' not in case[1] else ())):
        print(f'FAILED: {name}: {fault}\n{text}')
    return not faults


def main():
    bounced, good = sys.argv[1], 0
    with tempfile.TemporaryDirectory(prefix='bounced-') as directory:
        for case in CASES:
            started = time.monotonic()
            with ScriptedImap(directory, case[1]) as server: good += check(case, run(bounced, directory, server), server)
            if time.monotonic() - started > 30: print(f'{case[0]}: took {time.monotonic() - started:.0f} s')
    print(f'{good} of {len(CASES)} cases passed')
    return 0 if good == len(CASES) else 1


if __name__ == '__main__': sys.exit(main())
