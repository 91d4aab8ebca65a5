"""
A gateway that has a stage: the base URL holds its name, and no route knows it.
"""

from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import httpx

STAGE = "/prod"
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


class StageTransport(httpx.BaseTransport):
    """
    The same without a socket, before another transport.
    """

    def __init__(self, transport):
        self.transport = transport

    def handle_request(self, request):
        path = request.url.raw_path.decode()
        if not path.startswith(f"{STAGE}/"):
            return httpx.Response(403, json={"message": "Forbidden"})
        url = request.url.copy_with(raw_path=path.removeprefix(STAGE).encode())
        return self.transport.handle_request(
            httpx.Request(request.method, url, headers=request.headers, content=request.read())
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith(f"{STAGE}/"):
            self.pass_on()
        else:
            self.answer(403, {"Content-Type": "application/json"}, b'{"message":"Forbidden"}')

    def do_POST(self):
        self.do_GET()

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = HTTPConnection(self.server.upstream, timeout=30)
        connection.request(self.command, self.path.removeprefix(STAGE), body, end_to_end(self.headers))
        answer = connection.getresponse()
        self.answer(answer.status, end_to_end(answer.headers), answer.read())
        connection.close()

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def end_to_end(headers):
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}


@contextmanager
def stage_before(upstream):
    """
    Yields the base URL.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.upstream = urlsplit(upstream).netloc
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{STAGE}"
        server.shutdown()
