#!/usr/bin/python3
"""Killed anywhere while it tells a target: `bounced sync` is ended at every failpoint and (SIGKILL) at random moments, while suppressions come
and go, and started again until all is told. Then the receiver's state must be that of the database, nothing may have been left out, and of no
address may something older have come after something newer.

    tests/crash/sync_kill.py [--addresses 300] [--kills 60] [--seed N]
"""
import argparse, contextlib, json, os, pathlib, random, sqlite3, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import scene  # noqa: E402
from contract_server import ContractServer  # noqa: E402

FAILPOINTS = ('sync_before_telling', 'sync_told', 'sync_noted')


class Receiver:
    """What a list manager would do with what it is told: keeps the newest word about each address, and complains about older ones."""

    def __init__(self, dice): self.dice, self.held, self.newest, self.disorder, self.heard = dice, set(), {}, [], 0

    def __call__(self, request):
        if self.dice.random() < 0.1: return 503, 'not now'
        for change in json.loads(request.body)['data']['changes']:
            address, number = change['address'], change['number']
            self.heard += 1
            if number < self.newest.get(address, 0): self.disorder.append((address, number, self.newest[address]))
            self.newest[address] = number
            (self.held.add if change['suppressed'] else self.held.discard)(address)
        # Taken, and the answer is lost.
        return (500, 'oops') if self.dice.random() < 0.1 else (200, '')


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('--addresses', type=int, default=300)
    words.add_argument('--kills', type=int, default=60)
    words.add_argument('--seed', type=int, default=int(time.time()))
    given = words.parse_args()
    dice = random.Random(given.seed)
    receiver = Receiver(random.Random(given.seed + 1))
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='sync-kill-')))
        server = stack.enter_context(ContractServer(receiver))
        database, settings = directory / 'b.db', directory / 'b.toml'
        settings.write_text(f'[database]\npath = "{database}"\n[[target]]\nname = "hook"\ntype = "webhook"\nurl = "{server.url}/"\nbatch = 7\n'
                            f'retry_first = "1s"\nretry_longest = "1s"\n[[target]]\nname = "file"\ntype = "file"\nformat = "plain"\npath = "{directory}/out"\n')

        def bounced(*words, wait=True, **environment):
            process = subprocess.Popen([scene.program(), *words, '--config', str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       text=True, env={**os.environ, **environment})
            if not wait: return process
            said = process.communicate(timeout=120)[1]
            return process.returncode, said

        def change_some():
            """Suppressions by import, ends by undo, in bulk."""
            chosen = dice.sample(range(given.addresses), given.addresses // 6)
            listed = directory / 'some'
            listed.write_text(''.join(f'a{i}@d{i % 9}.example\n' for i in chosen))
            code, said = bounced('suppressions', 'import', str(listed), '--batch', f'b{dice.random()}')
            if code: sys.exit(f'import: {code} {said}')
            if dice.random() < 0.7:
                code, said = bounced('undo', '--domain', f'd{dice.randrange(9)}.example', '--apply', '--manual')
                if code: sys.exit(f'undo: {code} {said}')

        hits = 0
        for i in range(given.kills):
            change_some()
            if i % 2:
                code, _ = bounced('sync', BOUNCED_FAILPOINT=f'{dice.choice(FAILPOINTS)}:{dice.randint(1, 6)}')
                hits += code == 86
            else:
                process = bounced('sync', wait=False)
                time.sleep(dice.uniform(0.005, 0.12))
                hits += process.poll() is None
                process.kill()
                process.communicate()
        for _ in range(200):
            code, said = bounced('sync')
            if code == 0: break
        else: sys.exit(f'seed {given.seed}: it does not come to an end: {said}')
        rows = sqlite3.connect(database).execute('SELECT address.address FROM suppression JOIN address ON address.id = address_id').fetchall()
        suppressed = {row[0] for row in rows}
        changes = sqlite3.connect(database).execute('SELECT count(*) FROM outbox').fetchone()[0]
        in_file = set((directory / 'out').read_text().split())
        if receiver.disorder: sys.exit(f'seed {given.seed}: older after newer: {receiver.disorder[:5]}')
        if receiver.held != suppressed:
            sys.exit(f'seed {given.seed}: lost: {sorted(suppressed - receiver.held)[:5]}, left over: {sorted(receiver.held - suppressed)[:5]}')
        if in_file != suppressed: sys.exit(f'seed {given.seed}: the file differs: {sorted(in_file ^ suppressed)[:5]}')
        leftovers = [path.name for path in directory.glob('out*') if path.name != 'out']
        if leftovers: sys.exit(f'seed {given.seed}: left behind: {leftovers}')
        if hits < given.kills / 3: sys.exit(f'seed {given.seed}: only {hits} of {given.kills} kills hit a running program')
        print(f'{changes} changes, {hits} kills (seed {given.seed}), {receiver.heard} told: {len(suppressed)} suppressed here, there and in the file')


if __name__ == '__main__': main()
