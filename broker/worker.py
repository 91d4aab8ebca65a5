"""
gunicorn's threaded worker, with this house's manners.
"""

import json
import signal
from http import HTTPStatus
from socket import socket
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    def init_signals(self) -> None:
        """
        Ctrl-C reaches every process of the terminal. It is the master's to say when a worker stops, so that what is in
        flight gets its answer.
        """
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def handle_error(self, _request: object, client: socket, _address: object, error: Exception) -> None:
        """
        What gunicorn would answer in HTML: a request that is not HTTP, and an error that the app let fly.
        """
        status, code = refusal_of(error)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("unhandled error in a request", exc_info=error)
        message = str(error) if status < HTTPStatus.INTERNAL_SERVER_ERROR else status.phrase
        util.write(client, error_response(status, {"code": code, "message": message}))


def refusal_of(error: Exception) -> tuple[HTTPStatus, str]:
    match error:
        case errors.InvalidResponseHeader() | errors.InvalidResponseHeaderName():
            return HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"
        case errors.LimitRequestLine():
            return HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long"
        case errors.LimitRequestHeaders():
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large"
        case errors.UnsupportedTransferCoding():
            return HTTPStatus.NOT_IMPLEMENTED, "unsupported_transfer_coding"
        case errors.ParseException():
            return HTTPStatus.BAD_REQUEST, "invalid_request"
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"


def error_response(status: HTTPStatus, envelope: dict[str, Any]) -> bytes:
    body = json.dumps(envelope).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
