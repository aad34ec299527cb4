#!/usr/bin/python3
"""A next-hop SMTP server that answers each recipient with a reply from a table: the receivers of the world, in one process.

    server = ReplyServer(replies)      # {address: Answer(stage, lines)}
    server.start(); server.port; server.stop()

An address that the table doesn't know is accepted. Mail to a domain in `collect` is kept, as sent, in server.collected (a list of
(recipient, bytes)): the return path of an MTA under test can end here. Stages: RCPT (the answer to RCPT TO) and EOD (the answer to the final dot; for
a mail with several recipients that of the first one). A reply of several lines is written with "\\n" between them, each with its code.
"""
import dataclasses, re, socket, socketserver, threading


@dataclasses.dataclass
class Answer:
    stage: str
    reply: str


def wire(reply):
    """Lines 'CODE text' as a multi-line SMTP reply (RFC 5321 4.2.1)."""
    lines = reply.split('\n')
    out = [line[:3] + '-' + line[4:] if i + 1 < len(lines) else line[:3] + ' ' + line[4:] for i, line in enumerate(lines)]
    return '\r\n'.join(out) + '\r\n'


class Session(socketserver.StreamRequestHandler):
    def say(self, text): self.wfile.write(text.encode('utf-8') if text.endswith('\r\n') else (text + '\r\n').encode('utf-8'))

    def handle(self):
        try:
            self.converse()
        except (ConnectionError, BrokenPipeError):
            pass

    def converse(self):
        self.say('220 mx.receiver.example ESMTP')
        recipients = []
        while line := self.rfile.readline():
            words = line.decode('utf-8', 'replace').strip()
            verb = words[:4].upper()
            if verb == 'EHLO': self.say('250-mx.receiver.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES')
            elif verb == 'HELO': self.say('250 mx.receiver.example')
            elif verb == 'MAIL': recipients = []; self.say('250 2.1.0 Ok')
            elif verb == 'RCPT':
                found = re.search(r'<([^>]*)>', words)
                address = found.group(1).lower() if found else ''
                answer = self.server.replies.get(address)
                if answer and answer.stage == 'RCPT': self.say(wire(answer.reply))
                else: recipients.append(address); self.say('250 2.1.5 Ok')
            elif verb == 'DATA':
                if not recipients: self.say('554 5.5.1 No valid recipients'); continue
                self.say('354 End data with <CR><LF>.<CR><LF>')
                lines = []
                while (data := self.rfile.readline()) and data != b'.\r\n': lines.append(data[1:] if data.startswith(b'..') else data)
                self.server.collected.extend((r, b''.join(lines)) for r in recipients if r.rpartition('@')[2] in self.server.collect)
                answer = next((a for r in recipients if (a := self.server.replies.get(r)) and a.stage == 'EOD'), None)
                if not answer: self.server.accepted.extend(recipients)
                self.say(wire(answer.reply) if answer else '250 2.0.0 Ok: queued')
            elif verb == 'RSET': recipients = []; self.say('250 2.0.0 Ok')
            elif verb == 'NOOP': self.say('250 2.0.0 Ok')
            elif verb == 'QUIT': self.say('221 2.0.0 Bye'); return
            else: self.say('500 5.5.2 What?')


class ReplyServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, replies, port=0, collect=()):
        super().__init__(('127.0.0.1', port), Session)
        self.replies = {address.lower(): answer for address, answer in replies.items()}
        self.accepted = []
        self.collect, self.collected = set(collect), []
        self.port = self.server_address[1]

    def start(self): threading.Thread(target=self.serve_forever, daemon=True).start(); return self

    def stop(self): self.shutdown(); self.server_close()
