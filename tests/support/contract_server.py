#!/usr/bin/python3
"""An HTTP server on a loopback port whose answers a test writes, and which keeps what it was asked.

    with ContractServer() as server:
        server.answer = lambda request: (200, {'ok': True})      # or (status, body, {header: value})
        server.requests                                          # Request(method, path, query, headers, body), in order

A body that is no bytes or text is sent as JSON. `silent` makes it take requests and say nothing.
"""
import collections, http.server, json, threading, time, urllib.parse

Request = collections.namedtuple('Request', 'method path query headers body')


class ContractServer:
    def __init__(self, answer=lambda request: (200, {})):
        self.answer, self.requests, self.silent = answer, [], False
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def log_message(self, *_): pass

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                parts = urllib.parse.urlsplit(self.path)
                request = Request(self.command, parts.path, parts.query, self.headers, body)
                outer.requests.append(request)
                while outer.silent: time.sleep(0.05)
                status, said, *more = outer.answer(request)
                if not isinstance(said, (bytes, str)): said = json.dumps(said)
                said = said.encode() if isinstance(said, str) else said
                try:
                    self.send_response(status)
                    for name, value in (more[0] if more else {}).items(): self.send_header(name, value)
                    self.send_header('Content-Length', str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)
                except OSError: pass   # the client has hung up

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None   # a client that hangs up is part of the tests

    @property
    def port(self): return self.http.server_address[1]
    @property
    def url(self): return f'http://127.0.0.1:{self.port}'

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.silent = False
        self.http.shutdown()
        self.http.server_close()
