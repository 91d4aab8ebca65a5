"""
The logs of a node that runs nothing: what a kubelet answers when the API server asks it for a container's words.
"""

import json
import ssl
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

NODE = "fake-0"
LOOPBACK = "127.0.0.1"

Words = Callable[[str, str, Mapping[str, str]], Iterable[str]]


class Cluster(Protocol):
    def kubectl(self, *args: str) -> str: ...


class Server(ThreadingHTTPServer):
    """
    `words(pod, container, query)` gives lines; the log ends with them.
    """

    daemon_threads = True

    def __init__(self, words: Words) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.words = words

    def handle_error(self, *_: Any) -> None:
        """
        A reader that goes away is no trouble.
        """


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        _, _, _, pod, container = url.path.split("/")
        query = {key: value for key, (value,) in parse_qs(url.query).items()}
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for line in self.server.words(pod, container, query):
                self.wfile.write(f"{line}\n".encode())
                self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """
        Nobody reads it.
        """


@contextmanager
def logs_of(cluster: Cluster, folder: Path, words: Words) -> Iterator[None]:
    """
    Within the block the node of that cluster has them.
    """
    with Server(words) as server:
        server.socket = _trust(folder).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        addresses = [{"type": "InternalIP", "address": LOOPBACK}]
        endpoints = {"kubeletEndpoint": {"Port": server.server_port}}
        status = json.dumps({"status": {"addresses": addresses, "daemonEndpoints": endpoints}})
        cluster.kubectl("patch", "node", NODE, "--subresource=status", "--type=merge", "-p", status)
        try:
            yield
        finally:
            server.shutdown()


def _trust(folder: Path) -> ssl.SSLContext:
    certificate, key = folder / "kubelet.crt", folder / "kubelet.key"
    command: list[str | Path] = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run(
        [*command, "-subj", "/CN=kubelet", "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate, key)
    return trust
