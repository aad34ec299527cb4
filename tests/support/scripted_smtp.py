"""An SMTP server that takes, refuses or stalls, as it is told.

    with ScriptedSmtp() as server:
        server.url                          # smtp://127.0.0.1:PORT
        server.mails                        # what it took: Taken(sender, recipients, data, user, tls)

`answers` maps a stage (CONNECT, MAIL, RCPT, DATA, END) to a reply that it gives instead of a good one; STALL says nothing until the client
goes, CLOSE ends the connection. A stage END that stalls or closes has taken the mail all the same: what a lost answer looks like.
`tls`: a directory with server.pem and server.key (dovecot.make_certificates): STARTTLS is offered. `users`: {name: password} for AUTH PLAIN.
"""
import base64, dataclasses, socketserver, ssl, threading

STALL, CLOSE = 'STALL', 'CLOSE'


@dataclasses.dataclass
class Taken:
    sender: str
    recipients: list
    data: bytes
    user: str
    tls: bool


class Gone(Exception): pass


class Session(socketserver.StreamRequestHandler):
    def say(self, text): self.wfile.write(text.encode() + b'\r\n')

    def answer(self, stage, good):
        reply = self.server.owner.answers.get(stage, good)
        if reply == STALL:
            while self.request.recv(1024): pass
            raise Gone
        if reply == CLOSE: raise Gone
        self.say(reply)
        return reply[0] in '23'

    def handle(self):
        self.server.owner.connections += 1
        try: self.converse()
        except (Gone, OSError, ssl.SSLError): pass

    def converse(self):
        owner, user, tls, sender, recipients = self.server.owner, '', False, '', []
        if not self.answer('CONNECT', '220 mx.sender.example ESMTP'): return
        while line := self.rfile.readline().decode('latin-1').strip():
            verb = line.split(' ')[0].upper()
            owner.dialogue.append(line)
            if verb == 'EHLO':
                offers = ['mx.sender.example', '8BITMIME']
                if owner.tls and not tls: offers.append('STARTTLS')
                if owner.users: offers.append('AUTH PLAIN')
                for i, offer in enumerate(offers): self.say(f'250{" " if i + 1 == len(offers) else "-"}{offer}')
            elif verb == 'STARTTLS':
                self.say('220 go on')
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(owner.tls / 'server.pem', owner.tls / 'server.key')
                self.request = context.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile, tls = self.request.makefile('rb'), self.request.makefile('wb', 0), True
            elif verb == 'AUTH':
                words = line.split(' ')
                if len(words) < 3:
                    self.say('334 ')
                    words.append(self.rfile.readline().decode().strip())
                _, name, password = base64.b64decode(words[2]).decode().split('\0')
                if owner.users.get(name) == password: user = name; self.say('235 2.7.0 welcome')
                else: self.say(f'535 5.7.8 no such user, or another password than {password}')
            elif verb == 'MAIL': sender, recipients = line, []; self.answer('MAIL', '250 2.1.0 Ok')
            elif verb == 'RCPT':
                if self.answer('RCPT', '250 2.1.5 Ok'): recipients.append(line.partition('<')[2].rpartition('>')[0])
            elif verb == 'DATA':
                if not self.answer('DATA', '354 go on'): continue
                data = b''
                while (line := self.rfile.readline()) != b'.\r\n':
                    if not line: raise Gone   # cut off: not taken
                    data += line[1:] if line.startswith(b'.') else line
                if owner.answers.get('END', '2')[0] not in '45':
                    owner.mails.append(Taken(sender.partition('<')[2].partition('>')[0], recipients, data, user, tls))
                self.answer('END', '250 2.0.0 Ok: queued')
            elif verb == 'QUIT': self.say('221 bye'); return
            else: self.say('250 Ok')


class ScriptedSmtp:
    def __init__(self, answers=None, tls=None, users=None):
        self.answers, self.tls, self.users = answers or {}, tls, users or {}
        self.mails, self.dialogue, self.connections = [], [], 0

    def __enter__(self):
        self.server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Session)
        self.server.daemon_threads, self.server.owner = True, self
        self.url = f'smtp://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
