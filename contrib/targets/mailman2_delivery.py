#!/usr/bin/python3
"""Disables or enables delivery to members of a Mailman 2.1 list: mailman2_delivery.py LIST, addresses on standard input.

For a target of type exec (mailman2.toml): $BOUNCED_ACTION is suppress or release. Only members whose delivery is enabled are disabled (by
bounce), and only those that are disabled by bounce are enabled. Mailman 2 runs its own Python 2: `withlist` is given a module for it.
"""
import os, subprocess, sys, tempfile

WITHLIST = os.environ.get('MAILMAN2_WITHLIST', '/usr/lib/mailman/bin/withlist')
MODULE = '''
from Mailman import MemberAdaptor

def run(mlist, path, action):
    before, after = MemberAdaptor.ENABLED, MemberAdaptor.BYBOUNCE
    if action == "release":
        before, after = after, before
    for line in open(path):
        address = line.strip()
        if mlist.isMember(address) and mlist.getDeliveryStatus(address) == before:
            mlist.setDeliveryStatus(address, after)
    mlist.Save()
'''


def main():
    if len(sys.argv) != 2 or os.environ.get('BOUNCED_ACTION') not in ('suppress', 'release'):
        print(__doc__, file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, 'bounced_delivery.py'), 'w') as module: module.write(MODULE)
        path = os.path.join(directory, 'addresses')
        with open(path, 'w') as addresses: addresses.write(sys.stdin.read())
        environment = {**os.environ, 'PYTHONPATH': directory}
        return subprocess.call([WITHLIST, '-q', '-l', '-r', 'bounced_delivery.run', sys.argv[1], path, os.environ['BOUNCED_ACTION']],
                               env=environment, stdout=subprocess.DEVNULL)


if __name__ == '__main__': sys.exit(main())
