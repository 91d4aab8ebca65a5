"""
A reverse proxy on loopback that does, to the requests it is told of, what networks and servers do on a bad day.
"""

import socket
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import urlsplit

from agent.access import ask_official_client
from tests.support.faults import NONE, Answer, Rule

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length"})
PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Passed:
    """
    What came by. Without a status nobody answered it.
    """

    method: str
    path: str
    status: int | None
    at: float

    def matches(self, path, method=".*"):
        return Rule(path, NONE, method).applies_to(self.method, self.path)


class FaultyProxy:
    """
    `upstream` may change while it runs. `on_answer` is called with what came by, before its answer goes on.
    """

    def __init__(self, upstream, *, tls=None, authorization=None):
        self.upstream = upstream
        self.authorization = authorization
        self.passed = []
        self.on_answer = lambda passed: None
        self.url = ""
        self._tls = tls
        self._rules = []
        self._open = set()
        self._lock = Lock()

    def when(self, path, fault, *, method=".*", times=None):
        with self._lock:
            self._rules.append(Rule(path, fault, method, times))

    def heal(self):
        with self._lock:
            self._rules = []

    def hang_up(self):
        """
        Break every connection, those of watches too.
        """
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    socket.socket.shutdown(end, socket.SHUT_RDWR)

    def asked(self, path, method=".*", since=0.0):
        """
        What came by that matches, in its order.
        """
        return [one for one in list(self.passed) if one.at >= since and one.matches(path, method)]

    def fault_for(self, method, path):
        with self._lock:
            rule = next((rule for rule in self._rules if rule.applies_to(method, path)), None)
            return rule.use() if rule else NONE

    def note(self, method, path, answer):
        passed = Passed(method, path, answer and answer.status, time.monotonic())
        self.passed.append(passed)
        self.on_answer(passed)

    def connect(self):
        """
        To the upstream. Raises OSError where that is away.
        """
        parts = urlsplit(self.upstream)
        kind, how = (HTTPSConnection, {"context": self._tls}) if parts.scheme == "https" else (HTTPConnection, {})
        connection = kind(parts.hostname, parts.port, timeout=PATIENCE_SECONDS, **how)
        connection.connect()
        return connection

    @contextmanager
    def holding(self, end):
        with self._lock:
            self._open.add(end)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(end)


class Handler(BaseHTTPRequestHandler):
    """
    One connection of a client, and one of its own to the upstream.
    """

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment, or a delayed ACK costs 40 ms
    proxy: FaultyProxy

    def setup(self):
        super().setup()
        self.upstream = None

    def handle(self):
        with self.proxy.holding(self.connection), suppress(OSError, HTTPException):
            super().handle()

    def finish(self):
        if self.upstream:
            self.upstream.close()
        with suppress(OSError):
            super().finish()

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.fault_for(self.command, self.path)
        time.sleep(fault.delay)
        response = None
        if fault.is_passed_on and fault.instead is None:
            response = self.pass_on(body)
        if response is not None and response.chunked and fault.leaves_the_answer_alone:
            self.proxy.note(self.command, self.path, response)
            self.relay(response)
            return
        answer = response and Answer(response.status, response.read(), dict(response.headers))
        if answer and fault.rewrite:
            answer = fault.rewrite(answer)
        answer = answer or fault.instead
        self.proxy.note(self.command, self.path, answer)
        if answer is None or fault.is_lost:
            self.break_off()
        else:
            self.send(answer, cut=fault.is_cut)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815 - the names that http.server looks for

    def pass_on(self, body):
        """
        None where the upstream is away. An idle connection that it closed is opened anew.
        """
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        if self.proxy.authorization:
            headers["Authorization"] = self.proxy.authorization
        for _ in range(2):
            try:
                self.upstream = self.upstream or self.proxy.connect()
                self.upstream.request(self.command, self.path, body or None, headers)
                return self.upstream.getresponse()
            except (OSError, HTTPException):
                if self.upstream:
                    self.upstream.close()
                self.upstream = None
        return None

    def send(self, answer, *, cut=False):
        self.head(answer.status, answer.headers, {"Content-Length": len(answer.body)})
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        self.wfile.flush()
        if cut:
            self.break_off()

    def relay(self, response):
        """
        A stream, as it comes. It ends with either side.
        """
        with self.proxy.holding(self.upstream.sock):
            self.head(response.status, dict(response.headers), {"Transfer-Encoding": "chunked"})
            self.wfile.flush()
            while data := response.read1(2**16):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

    def head(self, status, headers, framing):
        self.send_response_only(status)
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
        for name, value in {**kept, **framing}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def break_off(self):
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        pass


@contextmanager
def proxied(upstream, *, port=0, **how):
    """
    Yields the proxy, which listens at its `url`.
    """
    proxy = FaultyProxy(upstream, **how)
    handler = type("OneProxysHandler", (Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield proxy
        server.shutdown()
        proxy.hang_up()


@contextmanager
def proxied_cluster(kubeconfig, file, **how):
    """
    Before a real API server, with the credentials of its kubeconfig; `file` becomes one that names the proxy.
    """
    access = ask_official_client(str(kubeconfig))
    with proxied(access.host, tls=access.tls(), authorization=access.authorization, **how) as proxy:
        file.write_text(kubeconfig_of(proxy.url))
        yield proxy


def kubeconfig_of(url):
    return f"""apiVersion: v1
kind: Config
current-context: proxy
clusters: [{{name: proxy, cluster: {{server: "{url}"}}}}]
users: [{{name: nobody, user: {{}}}}]
contexts: [{{name: proxy, context: {{cluster: proxy, user: nobody}}}}]
"""
