#!/usr/bin/python3
"""Reads the same mails with `bounced parse` and with Debian's python3-flufl.bounce, each on one core, in turns.

    tests/bench/parse.py [--runs 3] [--copies 40] [DIR…]      default: tests/corpus

Prints mails a second (whole process for bounced, reading only for flufl.bounce: its start-up is left out) and the ratio.
"""
import argparse, email, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
import scene  # noqa: E402


def with_flufl(paths):
    from flufl.bounce import scan_message
    start = time.monotonic()
    for path in paths:
        try: scan_message(email.message_from_bytes(path.read_bytes()))
        except Exception: pass   # it fails on some mails; that is counted as time, not as an answer
    return time.monotonic() - start


def ours(directory):
    start = time.monotonic()
    done = subprocess.run([scene.program(), 'parse', '--jobs', '1', '--json', str(directory)], stdout=subprocess.DEVNULL)
    assert done.returncode == 0
    return time.monotonic() - start


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('--runs', type=int, default=3)
    words.add_argument('--copies', type=int, default=40)
    words.add_argument('directory', nargs='*', type=pathlib.Path, default=[HERE.parent / 'corpus'])
    given = words.parse_args()
    try: import flufl.bounce  # noqa: F401
    except ImportError: sys.exit('parse.py: python3-flufl.bounce is missing: contrib/setup bench')
    paths = sorted(p for d in given.directory for p in d.rglob('*.eml'))
    if hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix='bench-') as name:
        copies = pathlib.Path(name)
        for number in range(given.copies):
            for i, path in enumerate(paths): shutil.copy(path, copies / f'{number:03}-{i:04}.eml')
        ratios, mine, theirs = [], [], []
        for _ in range(given.runs):
            mine.append(ours(copies) / given.copies)
            theirs.append(with_flufl(paths))
            ratios.append(theirs[-1] / mine[-1])
    print(f'{len(paths)} mails: bounced {len(paths) / statistics.median(mine):.0f} mails/s, flufl.bounce '
          f'{len(paths) / statistics.median(theirs):.0f} mails/s, ratio {statistics.median(ratios):.1f} (runs: '
          f'{", ".join(f"{r:.1f}" for r in ratios)})')


if __name__ == '__main__': main()
