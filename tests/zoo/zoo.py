#!/usr/bin/python3
"""The zoo: real MTAs, each installed into a throw-away copy of this machine, driven through many replies; the bounces that they write
become golden mails.

    tests/zoo/zoo.py [--out DIR] [MTA…]      default: every MTA, into tests/corpus/zoo

Needs root (mount namespaces, overlayfs) and Debian's packages. Nothing is installed outside the throw-away copy. Each mail is written as
MTA-NAME.eml with MTA-NAME.json beside it: what a reader must find, computed from the reply table, never from our own reader.
"""
import argparse, email, email.policy, json, os, pathlib, re, shutil, signal, smtplib, socket, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
sys.path.insert(0, str(HERE))
from smtp_replies import Answer, ReplyServer  # noqa: E402
import keepers  # noqa: E402

RETURN = 'bounces@returns.example'
MESSAGE = '''From: News <news@sender.example>
To: {to}
Subject: Spring news
Message-ID: <{name}@sender.example>
Date: Mon, 02 Nov 2026 10:00:00 +0000
List-Id: The news <news.sender.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello, here is the news.
'''


def cases():
    """name -> {address: Answer}: single recipients from the table, then mails with several."""
    table = {}
    for line in (HERE / 'replies.tsv').read_text(encoding='utf-8').splitlines():
        if not line or line.startswith('#'): continue
        name, address, stage, reply = line.split('\t')
        table.setdefault(name, {})[address] = Answer(stage, reply.replace('\\n', '\n'))
    return table


def expectation(name, answers, delayed):
    rows = []
    for address, answer in answers.items():
        if answer.stage == 'OK': continue
        last = answer.reply.split('\n')[-1]
        row = {'address': address, 'reply_code': last[:3]}
        status = re.search(r'\b[45]\.\d{1,3}\.\d{1,3}\b', last)
        if status: row['status'] = status.group(0)
        rows.append(row)
    return {'kind': 'delayed' if delayed else 'bounce', 'recipients': sorted(rows, key=lambda r: r['address'])}


def keep(out, mta, name, raw, wanted):
    out.mkdir(parents=True, exist_ok=True)
    (out / f'{mta}-{name}.eml').write_bytes(raw.replace(b'\r\n', b'\n'))
    (out / f'{mta}-{name}.json').write_text(json.dumps(wanted, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')


def run_one(mta, out):
    """Inside the throw-away root: installs and starts the MTA, sends every case, keeps what comes back."""
    table = cases()
    answers = {a: answer for case in table.values() for a, answer in case.items() if answer.stage != 'OK'}
    server = ReplyServer(answers, collect=['returns.example']).start()
    keeper = keepers.KEEPERS[mta](server.port)
    keeper.install()
    keeper.start()
    counts = {'sent': 0, 'kept': 0, 'none': []}
    try:
        for name, case in table.items():
            if name.startswith('utf8') and not keeper.smtputf8: continue
            server.collected.clear()
            delayed = all(a.reply[0] == '4' for a in case.values() if a.stage != 'OK')
            if delayed and not keeper.warns or len(case) > 1 and keeper.one_reply: continue
            counts['sent'] += 1
            keeper.send(RETURN, list(case), MESSAGE.format(to=', '.join(case), name=f'{mta}-{name}'))
            deadline = time.time() + (keeper.delay_seconds if delayed else 15)
            wanted_addresses = {a for a, x in case.items() if x.stage != 'OK'}
            seen = set()
            while time.time() < deadline and not wanted_addresses <= seen:
                time.sleep(0.2)
                seen = {a for _, raw in server.collected for a in wanted_addresses & report_addresses(raw)}
            if not server.collected: counts['none'].append(name)
            for number, (_, raw) in enumerate(list(server.collected)):
                mine = {a: x for a, x in case.items() if x.stage != 'OK' and (len(wanted_addresses) == 1 or a in report_addresses(raw))}
                keep(out, mta, name if number == 0 else f'{name}-{number + 1}', raw, expectation(name, mine, delayed))
                counts['kept'] += 1
            keeper.drop_queue()
    finally:
        keeper.stop()
        server.stop()
    print(mta, counts, flush=True)
    return 0 if counts['kept'] else 1


def report_addresses(raw):
    """Addresses in the part of a report that stands before the returned mail: several reports may come of one mail."""
    text = raw.decode('utf-8', 'replace').split('\nFrom: News <news@')[0]
    return set(re.findall(r'[^\s<>;:,"\'()]+@[\w.-]+', text))


def in_throw_away_root(mta, out):
    """Re-runs this program for one MTA in a mount namespace whose root is an overlay of the real one."""
    scratch = pathlib.Path(tempfile.mkdtemp(prefix='zoo-'))
    for name in ('up', 'work', 'root', 'out'): (scratch / name).mkdir()
    script = f'''set -e
mount -t tmpfs tmpfs {scratch}/up; mkdir {scratch}/up/u {scratch}/up/w
mount -t overlay overlay -o lowerdir=/,upperdir={scratch}/up/u,workdir={scratch}/up/w {scratch}/root
mount --bind /proc {scratch}/root/proc; mount --bind /dev {scratch}/root/dev
mkdir -p {scratch}/root/zoo-out; mount --bind {scratch}/out {scratch}/root/zoo-out
exec chroot {scratch}/root /usr/bin/python3 {HERE}/zoo.py --inside --out /zoo-out {mta}'''
    try:
        code = subprocess.run(['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script]).returncode
        for path in (scratch / 'out').iterdir(): out.mkdir(parents=True, exist_ok=True); shutil.copy(path, out / path.name)
        return code
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('--out', type=pathlib.Path, default=HERE.parent / 'corpus/zoo')
    words.add_argument('--inside', action='store_true', help=argparse.SUPPRESS)
    words.add_argument('mta', nargs='*', default=[])
    given = words.parse_args()
    if given.inside: sys.exit(run_one(given.mta[0], given.out))
    if os.geteuid() != 0: sys.exit('zoo.py: needs root, for mount namespaces')
    sys.exit(max(in_throw_away_root(mta, given.out) for mta in given.mta or keepers.KEEPERS))


if __name__ == '__main__':
    main()
