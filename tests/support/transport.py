"""
The real app behind httpx, in process: no sockets, no canned answers.
"""

import io
import sys

import httpx

from broker.gateway import Gateway
from tests.support.document import check, lower


class BrokerTransport(httpx.BaseTransport):
    def __init__(self, app):
        self._gateway = Gateway(app)

    def handle_request(self, request):
        """
        By the same adapter as behind the real server; the answer is held against the document.
        """
        answer = {}

        def start_response(status, headers):
            answer["status"], answer["headers"] = int(status.split()[0]), headers

        content = b"".join(self._gateway(environ_of(request), start_response))
        headers = [(name.encode(), value.encode("latin-1")) for name, value in answer["headers"]]
        made = httpx.Response(answer["status"], headers=headers, content=content)
        sent = lower(dict(request.headers)), request.read()
        check(request.method, request.url.raw_path.decode(), sent, (made.status_code, made.headers, content))
        return made


def environ_of(request):
    """
    What a WSGI server makes of a request.
    """
    body = request.read()
    headers = {name.decode().upper().replace("-", "_"): value.decode("latin-1") for name, value in request.headers.raw}
    environ = {f"HTTP_{name}": value for name, value in headers.items()}
    environ |= {name: headers[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in headers}
    return environ | {
        "REQUEST_METHOD": request.method,
        "RAW_URI": request.url.raw_path.decode(),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
