#!/usr/bin/python3
"""An IMAP server that follows a transcript, over TLS: for what a well-behaved server never does.

    with ScriptedImap(directory, transcript) as server:
        server.url, server.ca_file          # imaps://…, or imap://… when the transcript starts TLS itself
        ...
    server.surprises                        # what the client sent against the transcript

A transcript (the same format as tests/support/imap_script.hpp):
    S: * OK ready                a line to the client, with CRLF; \\r \\n \\0 \\\\ as in C; $ = the tag of the last command
    S= * BYE hal                 the same without CRLF
    C: AUTHENTICATE PLAIN *      the client must send this (fnmatch; the tag left out)
    S! TLS                       start TLS here; without such a line it is there from the start
    S! EOF                       close the connection
    S! WAIT                      say nothing until the client goes
Each connection is played from the start. The first transcript line that nobody asked for ends the connection.
"""
import fnmatch, pathlib, socket, ssl, threading

from dovecot import make_certificates


def unescaped(text):
    out, at = '', 0
    while at < len(text):
        if text[at] == '\\' and at + 1 < len(text):
            at += 1
            out += {'r': '\r', 'n': '\n', '0': '\0'}.get(text[at], text[at])
        else: out += text[at]
        at += 1
    return out.encode('utf-8', 'surrogateescape')


class ScriptedImap:
    def __init__(self, directory, transcript):
        self.ca_file = pathlib.Path(directory) / 'ca.pem'
        if not self.ca_file.exists(): make_certificates(pathlib.Path(directory), ('localhost', '127.0.0.1'))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.ca_file.parent / 'server.pem', self.ca_file.parent / 'server.key')
        self.steps = [line.strip('\n') for line in transcript.strip().splitlines() if line[:2] in ('S:', 'S=', 'C:', 'S!')]
        self.starttls = 'S! TLS' in self.steps
        self.surprises, self.received = [], []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.url = f'{"imap" if self.starttls else "imaps"}://127.0.0.1:{self.port}/INBOX'

    def __enter__(self):
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        # Closing a listener does not wake its accept(); a connection does.
        self.ending = True
        socket.create_connection(('127.0.0.1', self.port)).close()
        self.thread.join(10)
        self.listener.close()

    ending = False

    def _serve(self):
        while True:
            connection, _ = self.listener.accept()
            if self.ending: return connection.close()
            connection.settimeout(30)
            try:
                if not self.starttls: connection = self.context.wrap_socket(connection, server_side=True)
                self._play(connection)
            except OSError: pass  # the client is free to go
            finally: connection.close()

    def _play(self, connection):
        tag, pending = '', b''
        for step in self.steps:
            kind, text = step[:2], step[3:]
            if kind in ('S:', 'S='):
                if text.startswith('$ '): text = tag + text[1:]
                connection.sendall(unescaped(text) + (b'\r\n' if kind == 'S:' else b''))
            elif step == 'S! TLS': connection = self.context.wrap_socket(connection, server_side=True)
            elif step == 'S! EOF': return connection.close()
            elif step == 'S! WAIT':
                while connection.recv(4096): pass
                return None
            else:
                while b'\r\n' not in pending:
                    more = connection.recv(4096)
                    if not more: return None
                    pending += more
                line, pending = pending.split(b'\r\n', 1)
                line = line.decode('utf-8', 'replace')
                self.received.append(line)
                # Lines of an authentication exchange have no tag.
                if text == '*': continue
                tag, _, command = line.partition(' ')
                if not fnmatch.fnmatchcase(command, text):
                    self.surprises.append(f'sent: {command}; the transcript expects: {text}')
                    return None
        connection.close()
        return None
