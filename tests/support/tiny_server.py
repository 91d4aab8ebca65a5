"""
The tiny broker behind a socket, for an agent that is a process.
"""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url, headers = f"http://broker{self.path}", dict(self.headers)
        answer = self.server.broker.handle_request(httpx.Request(self.command, url, headers=headers, content=body))
        self.send_response(answer.status_code)
        for name in answer.headers.keys() & {"etag", "content-type"}:
            self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def do_POST(self):
        self.do_GET()

    def do_PATCH(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@contextmanager
def serving(broker):
    """
    Yields its URL.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.broker = broker
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
