#!/usr/bin/python3
"""The real program between real servers: Postfix sends, the receivers of replies.tsv refuse, Dovecot gets the bounces, bounced decides.

Checks every suppression, retry, operator issue and count against the table; then that a second pass changes nothing, and that the same mails
in another mailbox count once.
"""
import collections, json, os, shutil, sys, tempfile, pathlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import scene  # noqa: E402

FAULTS = []


def check(what, got, wanted):
    if got != wanted: FAULTS.append(f'{what}:\n    got    {got}\n    wanted {wanted}')


def everything(setting):
    """All that the program tells of its database, without the times of the run itself."""
    told = {}
    for words in (('suppressions', 'export', '--json'), ('retries', '--json'), ('issues', 'list', '--json')):
        told[' '.join(words)] = setting.records(*words)
    return told


def check_decisions(setting):
    rows = setting.rows
    suppressed = {r['address']: r for r in setting.records('suppressions', 'export', '--json')}
    retries = {r['address']: r for r in setting.records('retries', '--json')}
    issues = collections.Counter()
    for issue in setting.records('issues', 'list', '--json'): issues[issue['reason']] += issue['count']

    # nosuch@, p571-unknown@ and full@ got a second bounce in the mail to several recipients: dead ones stay dead, a full mailbox is not fuller.
    check('suppressed addresses', sorted(suppressed), sorted(r.address for r in rows if r.outcome == 'suppress'))
    for row in rows:
        if row.outcome == 'suppress' and row.address in suppressed:
            check(f'reason of {row.address}', suppressed[row.address]['reason'], row.reason)
            check(f'mailbox of {row.address}', suppressed[row.address]['mailbox'], 'returns')
    for row in rows:
        if row.outcome in ('retry', 'soft', 'confirm'): check(f'{row.address} is mailed again', row.address in retries, True)
        if row.outcome in ('suppress', 'delayed'): check(f'{row.address} is not mailed again', row.address in retries, False)
    for row in rows:
        if row.outcome == 'retry' and row.address in retries: check(f'reason of the retry of {row.address}', retries[row.address]['reason'], row.reason)
    check('issues by reason', dict(issues), dict(collections.Counter(r.reason for r in rows if r.outcome == 'alert')))


def check_verdicts(setting):
    """Every verdict has the reason of the table; the mails are those that Postfix wrote."""
    folder = setting.imap.maildir(folder='bounced/processed')
    mails = sorted(p for name in ('new', 'cur') for p in (folder / name).iterdir())
    check('mails in bounced/processed', len(mails), setting.expected_mails)
    reports = [json.loads(line) for line in setting.bounced('parse', '--json', *map(str, mails)).stdout.splitlines()]
    kinds = collections.Counter(r['kind'] for r in reports)
    delayed = sum(r.outcome == 'delayed' for r in setting.rows)
    check('kinds', dict(kinds), {'bounce': setting.expected_mails - delayed - 1, 'delayed': delayed, 'delivered': 1})
    seen = collections.defaultdict(set)
    for report in reports:
        for recipient in report['recipients']: seen[recipient['address']].add((recipient['reason'], recipient['decision'], recipient['confirm']))
    for row in setting.rows:
        decision = {'confirm': 'suppress', 'delayed': 'ignore'}.get(row.outcome, row.outcome)
        check(f'verdict on {row.address} ({row.reply[:60]})', seen[row.address], {(row.reason, decision, row.outcome == 'confirm')})
    several = next((r for r in reports if len(r['recipients']) > 1), {'recipients': []})
    check('recipients of the mail to several', sorted(r['address'] for r in several['recipients']),
          ['full@mu.example', 'nosuch@alpha.example', 'p571-unknown@theta.example'])


def check_summary(setting):
    summary = json.loads(setting.bounced('summary', '--format', 'json').stdout)
    check('schema of the summary', summary['schema'], 1)
    text = setting.bounced('summary').stdout
    check('columns of the text summary', max(map(len, text.splitlines())) <= 80, True)


def main():
    why = scene.available()
    if why: print(f'skipped: {why}'); sys.exit(77)
    with tempfile.TemporaryDirectory(prefix='e2e-') as directory, scene.Scene(directory) as setting:
        setting.send_all()
        setting.wait()
        inbox = [p.read_bytes() for name in ('new', 'cur') for p in (setting.imap.maildir() / name).iterdir()]
        setting.bounced('once')
        check_verdicts(setting)
        check_decisions(setting)
        check_summary(setting)
        before = everything(setting)
        setting.bounced('once')
        check('a second pass', everything(setting), before)
        setting.imap.deliver(inbox)
        setting.bounced('once')
        check('the same mails again', everything(setting), before)
        check('the inbox afterwards', setting.mails(), 0)
    print('\n'.join(FAULTS))
    print(f'{len(setting.rows)} recipients, {setting.expected_mails} reports, {len(FAULTS)} faults')
    sys.exit(1 if FAULTS else 0)


if __name__ == '__main__': main()
