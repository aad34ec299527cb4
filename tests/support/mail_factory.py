#!/usr/bin/python3
"""Bounce mails in any number, the same for the same seed: for the kill test and the benchmarks.

    mail_factory.py COUNT DIRECTORY [--seed N]     writes COUNT files into DIRECTORY/new (a Maildir)

Each is a delivery status notification as Postfix writes it (RFC 3464), with replies from tests/e2e/replies.tsv, some with several
recipients, some about an address that bounced before; every twentieth is ordinary mail.
"""
import os, pathlib, random, sys

HERE = pathlib.Path(__file__).resolve().parent
MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')

DSN = '''\
Return-Path: <>
Received: by mta.sender.example (Postfix)
\tid {queue_id}; {date}
Date: {date}
From: MAILER-DAEMON@mta.sender.example (Mail Delivery System)
Subject: {subject}
To: bounces@returns.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="{queue_id}.{number}/mta.sender.example"
Message-Id: <{number}.{queue_id}@mta.sender.example>

This is a MIME-encapsulated message.

--{queue_id}.{number}/mta.sender.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mta.sender.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

{text}
--{queue_id}.{number}/mta.sender.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mta.sender.example
X-Postfix-Queue-ID: {queue_id}
X-Postfix-Sender: rfc822; bounces@returns.example
Arrival-Date: {date}

{groups}
--{queue_id}.{number}/mta.sender.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Received: from web.sender.example (web.sender.example [192.0.2.7])
\tby mta.sender.example (Postfix) with ESMTP id {queue_id}
\tfor <{first}>; {date}
Date: {date}
From: News <news@sender.example>
To: {first}
Subject: News of the week {number}
Message-Id: <news.{number}@sender.example>
List-Id: The news <news.sender.example>
{padding}
--{queue_id}.{number}/mta.sender.example--
'''

ORDINARY = '''\
Return-Path: <person{number}@friends.example>
Date: {date}
From: A Person <person{number}@friends.example>
To: bounces@returns.example
Subject: A question about your newsletter {number}
Message-Id: <question.{number}@friends.example>
Content-Type: text/plain; charset=utf-8

Hello,

when does the next issue come out?
{padding}
Regards
'''


def replies():
    for line in (HERE.parent / 'e2e/replies.tsv').read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'): yield line.split('\t')


def group(address, reply):
    code = reply.split('\n')[-1]
    status = next((w for w in code.split() if w[0] in '45' and w.count('.') == 2 and w.replace('.', '').isdigit()), code[0] + '.0.0')
    said = reply.replace('\n', '\n    ')
    action = 'failed' if code[0] == '5' else 'delayed'
    return (f'Final-Recipient: rfc822; {address}\nOriginal-Recipient: rfc822;{address}\nAction: {action}\nStatus: {status}\n'
            f'Remote-MTA: dns; mx.{address.split("@")[1]}\nDiagnostic-Code: smtp; {said}\n')


def mails(count, seed=1, padding_bytes=1500):
    """Yields `count` mails as bytes."""
    dice = random.Random(seed)
    table = list(replies())
    for number in range(count):
        second = number * 37
        date = f'{2 + second // 86400 % 27} {MONTHS[9]} 2026 {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} +0000'
        padding = '\n'.join(f'X-Padding: {dice.randbytes(30).hex()}' for _ in range(padding_bytes // 72))
        if number % 20 == 19:
            yield ORDINARY.format(number=number, date=date, padding=padding).encode()
            continue
        groups, text, first = [], [], ''
        for _ in range(1 if dice.random() < 0.9 else dice.randint(2, 6)):
            address, _, reply, _, _ = dice.choice(table)
            local, domain = address.split('@')
            person = f'{local}-{dice.randint(0, max(1, count // 3))}@{domain}'
            reply = reply.replace('\\n', '\n').replace(address, person)
            first = first or person
            groups.append(group(person, reply))
            text.append(f'<{person}>: host mx.{domain}[192.0.2.25] said:\n    ' + reply.replace('\n', '\n    ') + ' (in reply to RCPT TO command)\n')
        failed = any('Action: failed' in g for g in groups)
        yield DSN.format(queue_id=f'{number:07X}AB', number=number, date=date, first=first, text='\n'.join(text), groups='\n'.join(groups),
                         padding=padding,
                         subject='Undelivered Mail Returned to Sender' if failed else 'Delayed Mail (still being retried)').encode()


def fill_maildir(directory, count, seed=1, owner=None):
    """Writes the mails into directory/new in an order that Dovecot keeps."""
    directory = pathlib.Path(directory)
    for name in ('cur', 'new', 'tmp'): (directory / name).mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(mails(count, seed)):
        path = directory / 'new' / f'{1790000000 + number}.M{number}P1.host'
        path.write_bytes(mail)
        if owner: os.chown(path, *owner)
    if owner:
        for path in (directory, *(directory / n for n in ('cur', 'new', 'tmp'))): os.chown(path, *owner)


if __name__ == '__main__':
    words = [w for w in sys.argv[1:] if not w.startswith('--')]
    seed = int(sys.argv[sys.argv.index('--seed') + 1]) if '--seed' in sys.argv else 1
    fill_maildir(words[1], int(words[0]), seed)
