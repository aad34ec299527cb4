#!/usr/bin/python3
"""House rules that a compiler does not check. Prints each breach as file:line and exits 1 if there is one.

- includes go along the arrows: daemon -> config -> parser, daemon -> storage -> parser; tests may use any room
- each foreign library has one door (a few files that include its header)
- sources have no line over 140 columns and no tab
"""
import pathlib, re, sys

ARROWS = {'parser': {'parser'}, 'config': {'config', 'parser'}, 'storage': {'storage', 'parser'},
          'daemon': {'daemon', 'config', 'storage', 'parser'}}
# header prefix -> files that may include it
DOORS = {
    'mimetic/': {'parser/mime.cpp'},
    'toml++/': {'config/toml_document.cpp'},
    'SQLiteCpp/': {'storage/'},
    'sqlite3.h': {'storage/'},
    'curl/': {'daemon/curl_handle.hpp'},
    'daemon/curl_handle.hpp': {'daemon/curl_handle.cpp', 'daemon/imap/transport.cpp', 'daemon/http_client.cpp', 'daemon/smtp_client.cpp'},
    'idn2.h': {'parser/address.cpp'},
    'libpsl.h': {'parser/address.cpp'},
    'iconv.h': {'parser/charset.cpp'},
    'openssl/': {'daemon/digest.cpp'},
    'CLI/': {'daemon/cli/', 'daemon/main.cpp'},
    'spdlog/': {'daemon/log.cpp'},
    'resolv.h': {'daemon/mx_lookup.cpp'},
    'regex': set(),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def check(root):
    breaches, files = [], 0
    for room in (*ARROWS, 'tests'):
        for path in sorted((root / room).rglob('*.[ch]pp')):
            files += 1
            name = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
                where = f'{name}:{number}'
                if '\t' in line: breaches.append(f'{where}: a tab')
                if len(line) > 140: breaches.append(f'{where}: {len(line)} columns')
                found = INCLUDE.match(line)
                if not found: continue
                header = found.group(1)
                first = header.split('/')[0]
                if room in ARROWS and first in (*ARROWS, 'tests') and first not in ARROWS[room]:
                    breaches.append(f'{where}: {room} must not include {header}')
                for prefix, allowed in DOORS.items():
                    if (header == prefix or prefix.endswith('/') and header.startswith(prefix)) and room != 'tests' \
                            and not any(name == a or a.endswith('/') and name.startswith(a) for a in allowed):
                        breaches.append(f'{where}: {header} has its door in {", ".join(sorted(allowed)) or "no file"}')
    return breaches, files


if __name__ == '__main__':
    breaches, files = check(pathlib.Path(__file__).resolve().parents[2])
    print('\n'.join(breaches))
    print(f'{files} files, {len(breaches)} breaches')
    sys.exit(1 if breaches or files < 20 else 0)
