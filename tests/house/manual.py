#!/usr/bin/python3
"""bounced(1) against the program: manual.py BINARY. Walks `--help` of every command and checks that each command and each of its options
has its place in contrib/man/bounced.1, that the page names no other, and that roff has nothing to complain about."""
import pathlib, re, shutil, subprocess, sys

EVERYWHERE = {'--help', '--config', '--version'}
MAN = pathlib.Path(__file__).resolve().parents[2] / 'contrib/man'


def told_by_program(binary, words=()):
    """{command words: its options} of a command and all below it."""
    text = subprocess.run([binary, *words, '--help'], capture_output=True, text=True, check=True).stdout
    options, _, below = text.partition('\nSubcommands:\n')
    names = [line.split()[0] for line in below.splitlines() if re.match(r'  [a-z]', line)]
    found = {}
    for name in names: found.update(told_by_program(binary, (*words, name)))
    # A command that takes words of its own is one, whatever is below it.
    if not names or words and '\nPositionals:\n' in options: found[' '.join(words)] = set(re.findall(r'--[a-z-]+', ' '.join(re.findall(r'^  ((?:-\w,)?--[a-z-]+(?:,--[a-z-]+)*)', options, re.M)))) - EVERYWHERE
    return found


def told_by_page(text):
    """The same from the entries (.TP) of the section COMMANDS."""
    section = text.replace('\\-', '-').partition('.SH COMMANDS\n')[2].partition('\n.SH ')[0]
    found = {}
    for entry in section.split('\n.TP\n')[1:]:
        head, _, body = entry.partition('\n')
        words = re.fullmatch(r'\.BI? "?([a-z ]+?)(?: "? ?[A-Z.]+)?"?', head)
        if not words: raise SystemExit(f'bounced.1: no command in the entry {head!r}')
        found[words.group(1)] = set(re.findall(r'--[a-z-]+', body)) - EVERYWHERE
    return found


def main(binary):
    complaints = []
    program, page = told_by_program(binary), told_by_page((MAN / 'bounced.1').read_text())
    for command in sorted(program.keys() | page.keys()):
        if command not in page: complaints.append(f'{command}: not in the page')
        elif command not in program: complaints.append(f'{command}: in the page alone')
        else:
            for option in sorted(program[command] ^ page[command]):
                complaints.append(f'{command} {option}: {"not in the page" if option in program[command] else "in the page alone"}')
    if shutil.which('groff'):
        for page in sorted(MAN.glob('*.[15]')):
            said = subprocess.run(['groff', '-ww', '-t', '-man', '-Tutf8', '-z', page], capture_output=True, text=True)
            complaints += said.stderr.splitlines()
    print('\n'.join(complaints))
    print(f'{len(program)} commands, {sum(map(len, program.values()))} options, {len(complaints)} complaints')
    return 1 if complaints or len(program) < 15 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
