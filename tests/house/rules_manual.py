#!/usr/bin/python3
"""bounced-rules(5) against the program: rules_manual.py BINARY. The page describes every field that the reader of rules files knows (the
tables of config/rules_fields.hpp) and no other, each with an example that the program takes; the files in it pass `rules test`; its
words are those of parser/reason.hpp."""
import pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / 'contrib/man/bounced-rules.5'
# What a section needs besides the key that is looked at.
BASES = {'rule': {'id': '"page/{n}"', 'pattern': "'zorbl'", 'reason': '"spam_content"', 'source': '"page"', 'example': '"550 zorbl"'},
         'term': {'name': '"page{n}"', 'words': '["zorbl"]'},
         'vendor': {'id': '"page{n}"', 'name': '"Page"', 'source': '"page"'}}


def plain(roff):
    """The text of a line of roff as a reader sees it."""
    for written, shown in (('\\-', '-'), ('\\(aq', "'"), ('\\(dq', '"'), ('\\e', '\\')): roff = roff.replace(written, shown)
    return roff


def part(text, heading, mark='.SH'):
    """What stands below a heading, up to the next of its level."""
    assert f'\n{mark} {heading}\n' in text, heading
    return text.partition(f'\n{mark} {heading}\n')[2].partition('\n.SH ')[0].partition(f'\n{mark} ')[0]


def entries(text):
    """{name: body} of the entries (.TP)."""
    return {plain(entry.partition('\n')[0].removeprefix('.B ')): entry.partition('\n')[2] for entry in text.split('.TP\n')[1:]}


def blocks(text): return [plain(block) for block in re.findall(r'\.EX\n(.*?)\n\.EE', text, re.S)]


def fields(kind):
    """The names in the table that drives the reader."""
    table = (ROOT / 'config/rules_fields.hpp').read_text().partition(f' {kind}_fields{{{{')[2].partition('}};')[0]
    return re.findall(r'^    \{"(\w+)", &', table, re.M)


def names(array):
    return set(re.findall(r'"(\w+)"', (ROOT / 'parser/reason.hpp').read_text().partition(f' {array}{{')[2].partition('};')[0]))


def section_with(kind, number, key, example):
    rows = {**{name: value.format(n=number) for name, value in BASES[kind].items()}, key: example.partition('=')[2].strip()}
    return f'[[{kind}]]\n' + ''.join(f'{name} = {value}\n' for name, value in rows.items())


def run(binary, command, files):
    with tempfile.TemporaryDirectory(prefix='bounced-rules-') as directory:
        for name, text in files.items(): (pathlib.Path(directory) / name).write_text(text)
        return subprocess.run([binary, 'rules', command, '--directory', directory], capture_output=True, text=True)


def check_fields(binary, page):
    complaints, sections = [], []
    for kind, heading in (('rule', 'RULES'), ('term', 'TERMS'), ('vendor', 'VENDORS')):
        told, known = entries(part(page, heading)), fields(kind)
        for name in sorted(set(told) ^ set(known)): complaints.append(f'[[{kind}]] {name}: {"not in the page" if name in known else "in the page alone"}')
        for name, body in told.items():
            examples = blocks(body)
            if len(examples) != 1 or not examples[0].startswith(f'{name} = '): complaints.append(f'[[{kind}]] {name}: has no example of its own')
            else: sections.append(section_with(kind, len(sections), name, examples[0]))
    said = run(binary, 'list', {'page.toml': '\n'.join(sections)})
    if said.returncode != 0: complaints.append(f'an example of a key is refused: {said.stderr}')
    # A key that no page describes is none that the reader takes.
    said = run(binary, 'list', {'page.toml': section_with('rule', 0, 'mauve', 'mauve = "x"')})
    if said.returncode != 78 or 'unknown key "mauve"' not in said.stderr: complaints.append(f'a key of nobody\'s is taken: {said.stderr}')
    return complaints, len(sections)


def check_words(page):
    complaints = []
    for heading, array in (('Confidence', 'confidence_names'), ('Permanence', 'permanence_names'), ('Advice', 'advice_names')):
        told = set(entries(part(page, heading, '.SS')))
        for word in sorted(told ^ names(array)): complaints.append(f'{heading}: {word}: in one place alone')
    fault = entries(part(page, 'RULES'))['fault']
    for word in names('fault_names'):
        if word not in fault: complaints.append(f'fault: {word}: not in the page')
    table = (ROOT / 'parser/reason.hpp').read_text().partition('reason_table{{')[2]
    known = re.findall(r'\{Reason::\w+,\s*"(\w+)",\s*Category::\w+,\s*Fault::(\w+),\s*Permanence::(\w+),\s*Advice::(\w+),', table)
    told = [tuple(line.split('\t')) for line in part(page, 'Reasons', '.SS').partition('\n_\n')[2].partition('\n.TE')[0].splitlines()]
    for row in sorted(set(told) ^ set(known)): complaints.append(f'reasons: {row}: {"not in the page" if row in known else "in the page alone"}')
    return complaints, len(known)


def main(binary):
    page = PAGE.read_text()
    complaints, fields_seen = check_fields(binary, page)
    more, reasons_seen = check_words(page)
    complaints += more
    files = [block for block in blocks(part(page, 'DESCRIPTION')) if block.startswith('[[')]
    said = run(binary, 'test', {f'{n}.toml': text for n, text in enumerate(files)})
    if said.returncode != 0: complaints.append(f'the files in the page: {said.stderr}')
    print('\n'.join(complaints))
    print(f'{fields_seen} fields, {reasons_seen} reasons, {len(files)} files, {len(complaints)} complaints')
    return 1 if complaints or fields_seen < 30 or reasons_seen < 30 or len(files) < 2 else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
