"""
Against a server on loopback, which is the proxy too.
"""

import time
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from agent.access import Access, ClusterNotConfigured
from agent.connections import Connections, Patience, Request


@contextmanager
def listening(slow=0.0):
    """
    Yields its address, and what it was asked for, by whom.
    """
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append((self.command, self.path, self.client_address))
            time.sleep(slow)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_CONNECT(self):
            asked.append((self.command, self.path, self.headers["Proxy-Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.close_connection = False

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def connections(host, proxy=None):
    nothing = dict.fromkeys(("authority", "server_name", "certificate", "key", "authorization", "token_file"))
    return Connections(Access(host=host, is_verified=True, proxy=proxy, **nothing))


def get(path, read=5):
    return Request("GET", path, None, {}, Patience(connect=5, read=read))


def test_an_idle_connection_is_used_again():
    with listening() as (address, asked):
        kept = connections(f"http://{address}")
        kept.fetch(get("/one"))
        kept.fetch(get("/two"))

    (_, one, first), (_, two, second) = asked
    assert (one, two) == ("/one", "/two")
    assert first == second


def test_an_api_below_a_path_is_asked_there():
    with listening() as (address, asked):
        connections(f"http://{address}/k8s/clusters/c-1").fetch(get("/api/v1"))

    assert [path for _, path, _ in asked] == ["/k8s/clusters/c-1/api/v1"]


def test_a_proxy_is_asked_for_a_tunnel():
    with listening() as (address, asked):
        _, data = connections("http://cluster.example:6443", f"http://me:pa%20ss@{address}").fetch(get("/api/v1"))

    basic = f"Basic {b64encode(b'me:pa ss').decode()}"
    assert (data, asked[0]) == (b"{}", ("CONNECT", "cluster.example:6443", basic))
    assert [path for _, path, _ in asked[1:]] == ["/api/v1"]


def test_a_proxy_of_another_kind_is_refused_at_once():
    with pytest.raises(ClusterNotConfigured, match="plain HTTP"):
        connections("http://cluster.example:6443", "https://proxy.example")


def test_a_silent_server_is_not_asked_twice():
    """
    Each try would take as long again.
    """
    with listening(slow=0.2) as (address, asked), pytest.raises(TimeoutError):
        connections(f"http://{address}").fetch(get("/slow", read=0.05))

    assert len(asked) == 1
