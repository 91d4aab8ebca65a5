"""
The logs of a node that runs nothing: what a kubelet answers when the API server asks it for a container's words.
"""

import json
import ssl
import subprocess
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

NODE = "fake-0"


class Handler(BaseHTTPRequestHandler):
    """
    `server.words(pod, container, query)` gives lines; the log ends with them.
    """

    def do_GET(self):
        url = urlsplit(self.path)
        _, kind, _, pod, container = url.path.split("/")
        assert kind == "containerLogs"
        query = {key: value for key, (value,) in parse_qs(url.query).items()}
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for line in self.server.words(pod, container, query):
                self.wfile.write(f"{line}\n".encode())
                self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextmanager
def logs_of(kube, folder, words):
    """
    Within the block the node of that cluster has them.
    """
    certificate, key = folder / "kubelet.crt", folder / "kubelet.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=kubelet", "-days", "1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate, key)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.words = words
        server.socket = trust.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        addresses = [{"type": "InternalIP", "address": "127.0.0.1"}]
        endpoints = {"kubeletEndpoint": {"Port": server.server_port}}
        status = json.dumps({"status": {"addresses": addresses, "daemonEndpoints": endpoints}})
        kube.kubectl("patch", "node", NODE, "--subresource=status", "--type=merge", "-p", status)
        try:
            yield server
        finally:
            server.shutdown()
