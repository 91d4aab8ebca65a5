"""
What a kubelet, Prometheus and a curious operator ask: /healthz, /readyz, /metrics and /health.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST

from agent import VERSION
from agent.metrics import exposition
from agent.pulse import Vitals

TEXT = "text/plain; charset=utf-8"


def health_server(
    address: tuple[str, int], vitals: Vitals, *, clock: Callable[[], float] = time.monotonic
) -> ThreadingHTTPServer:
    """
    Bound, and not yet serving. Raises OSError when the port is taken.
    """
    started = clock()

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            status, body, content_type = answer(self.path, vitals, uptime=clock() - started)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """
            A probe every few seconds is no news.
            """

    return ThreadingHTTPServer(address, Handler)


def answer(path: str, vitals: Vitals, *, uptime: float) -> tuple[HTTPStatus, bytes, str]:
    """
    Status, body, content type.
    """
    if path == "/healthz":
        return HTTPStatus.OK, b"OK", TEXT
    if path == "/readyz":
        if vitals.kubernetes_error is None:
            return HTTPStatus.OK, b"Ready", TEXT
        return HTTPStatus.SERVICE_UNAVAILABLE, b"Kubernetes API unavailable", TEXT
    if path == "/metrics":
        return HTTPStatus.OK, exposition(), CONTENT_TYPE_LATEST
    if path == "/health":
        status, report = _health(vitals, uptime)
        return status, report.encode(), "application/json"
    return HTTPStatus.NOT_FOUND, b"not found", TEXT


def _health(vitals: Vitals, uptime: float) -> tuple[HTTPStatus, str]:
    error, seen = vitals.kubernetes_error, vitals.last_heartbeat_at
    is_healthy = error is None and vitals.broker_connected
    report = {
        "status": "healthy" if is_healthy else "unhealthy",
        "kubernetes": {"connected": error is None, **({"error": error} if error else {})},
        "broker": {"connected": vitals.broker_connected, **({"last_heartbeat": seen.isoformat()} if seen else {})},
        "uptime_seconds": int(uptime),
        "version": VERSION,
        "timestamp": datetime.now(UTC).isoformat(),
    }
    return HTTPStatus.OK if is_healthy else HTTPStatus.SERVICE_UNAVAILABLE, json.dumps(report)
