"""
Connections to the API server, kept open. The standard library's: urllib3 takes twice the processor time for the same.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ssl import SSLContext
from urllib.parse import unquote, urlsplit
from weakref import finalize

from agent.access import Access, ClusterNotConfigured

KEPT = 64
NO_ANSWER = (OSError, HTTPException)


@dataclass(frozen=True)
class Patience:
    """
    Seconds: to connect, and until something is read.
    """

    connect: float
    read: float


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]
    patience: Patience


class Connections:
    """
    As many as are used at once. What is idle is used again, the last one first.
    """

    def __init__(self, access: Access) -> None:
        """
        Raises ClusterNotConfigured.
        """
        if access.proxy and not access.proxy.startswith("http://"):
            raise ClusterNotConfigured("a proxy must be spoken to in plain HTTP: name it with http://")
        self.access = access
        self._tls = access.tls() if access.host.startswith("https:") else None
        self._idle: deque[_Connection] = deque()
        finalize(self, _close_all, self._idle)

    def fetch(self, request: Request) -> tuple[HTTPResponse, bytes]:
        """
        A connection that broke may have been idle for too long: once more, on a new one. Raises TimeoutError, which is
        final, and the others of NO_ANSWER.
        """
        try:
            return self._fetch(self._any(), request)
        except TimeoutError:
            raise
        except NO_ANSWER:
            return self._fetch(self._new(), request)

    @contextmanager
    def stream(self, request: Request) -> Iterator[HTTPResponse]:
        """
        On a connection of its own. Raises those of NO_ANSWER.
        """
        connection = self._new()
        try:
            yield connection.answer(request)
        finally:
            connection.close()

    def _fetch(self, connection: "_Connection", request: Request) -> tuple[HTTPResponse, bytes]:
        try:
            response = connection.answer(request)
            data = response.read()
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return response, data

    def _any(self) -> "_Connection":
        with suppress(IndexError):
            return self._idle.pop()
        return self._new()

    def _new(self) -> "_Connection":
        return _Connection(self.access, self._tls)


class _Connection(HTTPConnection):
    """
    To the host, or through a proxy's tunnel.
    """

    def __init__(self, access: Access, tls: SSLContext | None) -> None:
        host = urlsplit(access.host)
        port = host.port or (443 if tls else 80)
        name, self._tls = host.hostname or "", tls
        self._server_name = access.server_name or name
        self._root = host.path.rstrip("/")
        if not access.proxy:
            super().__init__(name, port)
            return
        proxy = urlsplit(access.proxy)
        super().__init__(proxy.hostname or "", proxy.port or 80)
        self.set_tunnel(name, port, _proxy_headers(proxy.username, proxy.password))

    def connect(self) -> None:
        super().connect()
        if self._tls:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._server_name)

    def answer(self, request: Request) -> HTTPResponse:
        if self.sock is None:
            self.timeout = request.patience.connect
            self.connect()
        self.sock.settimeout(request.patience.read)
        self.request(request.method, self._root + request.path, request.body, dict(request.headers))
        return self.getresponse()


def _close_all(connections: Iterable[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _proxy_headers(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
