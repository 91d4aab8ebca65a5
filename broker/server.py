"""
The app behind gunicorn: `serve`.
"""

import errno
import socket
import time
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer

from broker.local_store import StoreUnavailable
from broker.worker import Worker

GRACE_SECONDS = 30
BACKLOG = 1024


class PortTaken(Exception):
    """
    Somebody else listens there.
    """


def listen(host: str, port: int, *, patience: float = 3, sleep: Callable[[float], None] = time.sleep) -> socket.socket:
    """
    A listening socket. The workers of a killed server hold its port for a second or so: that is waited out.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        try:
            listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or patience <= 0:
                raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        else:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
            return listener
        patience -= 0.25
        sleep(0.25)


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """
    One master and its workers. `load` runs in each worker: connections to the store must not be shared over a fork.
    `keep_store` is called by the master about once a second.
    """

    def __init__(
        self,
        load: Callable[[], Callable[..., Any]],
        listener: socket.socket,
        *,
        workers: int,
        threads: int,
        keep_store: Callable[[], None],
    ) -> None:
        self.load = load
        self.keep_store = keep_store
        self.options = {
            "bind": f"fd://{listener.detach()}",
            "workers": workers,
            "threads": threads,
            "worker_class": Worker,
            "keepalive": 75,
            "graceful_timeout": GRACE_SECONDS,
            "limit_request_line": 8190,
            "loglevel": "error",
            "control_socket_disable": True,
            "proc_name": "brokkr-broker",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """
        Serve until a signal says stop. Always leaves by SystemExit, with 0 or 1.
        """
        try:
            Master(self).run()
        except SystemExit as end:
            raise SystemExit(1 if end.code else 0) from end


class Master(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    handle_int = Arbiter.handle_term
    """
    Ctrl-C stops as gently as SIGTERM; a second one does not wait.
    """

    def manage_workers(self) -> None:
        try:
            self.app.keep_store()
        except StoreUnavailable as error:
            raise HaltServer(str(error), 1) from error
        super().manage_workers()
