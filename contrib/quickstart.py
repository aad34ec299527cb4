#!/usr/bin/python3
"""The second half of contrib/quickstart: the mailbox, the run, the summary. Argument: the build directory.

As root, a private Postfix sends mail to some fifty recipients whose servers refuse it in as many ways, and its bounces fill the mailbox. Without
root, Postfix can't run; then the mailbox gets bounces that Postfix, Exim, Sendmail and others wrote earlier (tests/corpus/zoo).
"""
import contextlib, os, pathlib, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'tests/support'))
import dovecot, scene  # noqa: E402


def step(text): print(f'\n== {text}', flush=True)


def shown(setting, *words):
    print(f'$ bounced {" ".join(words)}', flush=True)
    done = setting.bounced(*words)
    print(done.stdout.rstrip(), flush=True)


class Prepared(scene.Scene):
    """The mailbox without Postfix: mails of the zoo."""

    def __enter__(self):
        self.imap = self.stack.enter_context(dovecot.Dovecot(self.dir / 'dovecot'))
        self.write_settings()
        return self

    def send_all(self): self.expected_mails = self.imap.deliver(p.read_bytes() for p in sorted((ROOT / 'tests/corpus/zoo').glob('*.eml')))


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    os.environ['BOUNCED'] = str(build / 'daemon/bounced')
    database = build / 'bounced.db'
    for path in build.glob('bounced.db*'): path.unlink()
    real = not scene.available()
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix='bounced-'))
        step('a private Dovecot, and a private Postfix whose mail bounces' if real else 'a private Dovecot with bounces of seven MTAs')
        setting = stack.enter_context((scene.Scene if real else Prepared)(directory, database))
        setting.send_all()
        setting.wait()
        print(f'{setting.mails()} bounces lie in the mailbox')
        step('one pass over the mailbox')
        shown(setting, 'once')
        step('the summary')
        shown(setting, 'summary')
        step('what the mailing list gets')
        shown(setting, 'suppressions', 'list')
    kept = build / 'bounced.toml'
    kept.write_text(f'[database]\npath = "{database}"\n')
    print(f'''
The database stays at {database}. Ask it more:

  {build}/daemon/bounced suppressions export --json --config {kept}
  {build}/daemon/bounced why nosuch@alpha.example --config {kept}
  {build}/daemon/bounced issues list --config {kept}

To read a mailbox of your own, see README.md, "Point it at your own mailbox".''')


if __name__ == '__main__': main()
