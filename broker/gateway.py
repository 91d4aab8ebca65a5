"""
API Gateway's part, on this machine.

A WSGI request becomes the event that API Gateway's REST proxy integration makes (format 1.0), and what the app answers
becomes the HTTP response. Nothing here knows a route.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qs
from uuid import UUID, uuid4

BODY_LIMIT = 10 * 1024 * 1024
DISCARD_LIMIT = 10 * BODY_LIMIT
STAGE = "local"
PHRASES = {status.value: status.phrase for status in HTTPStatus}
WITHOUT_CONTENT = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

Environ = Mapping[str, Any]
Event = dict[str, Any]
Answer = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

AUTHORITY = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*")


@dataclass(frozen=True)
class Context:
    """
    The part of Lambda's context that is true here.
    """

    aws_request_id: str


@dataclass(frozen=True)
class Gateway:
    """
    The app as a WSGI callable.
    """

    app: Callable[[Event, Context], Answer]
    new_id: Callable[[], UUID] = uuid4

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = read_body(environ)
        except BodyRefused as refusal:
            return refused(refusal, environ, start_response)
        request_id = str(self.new_id())
        answer = self.app(event_of(environ, body, request_id), Context(request_id))
        return respond(answer, environ, start_response)


class BodyRefused(Exception):
    """
    A request that the app never sees.
    """

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def read_body(environ: Environ) -> bytes:
    """
    The whole body, chunked or not. Raises BodyRefused for one that is too large, before all of it was read, and for
    one that ends too early: half a manifest may well be valid YAML.
    """
    declared = int(environ.get("CONTENT_LENGTH") or 0)
    if declared > BODY_LIMIT:
        raise too_large()
    body: bytes = environ["wsgi.input"].read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise too_large()
    if len(body) < declared:
        message = f"the body ended after {len(body)} of {declared} bytes"
        raise BodyRefused(HTTPStatus.BAD_REQUEST, "incomplete_body", message)
    return body


def too_large() -> BodyRefused:
    message = f"a request body can have {BODY_LIMIT} bytes at most"
    return BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", message)


def event_of(environ: Environ, body: bytes, request_id: str) -> Event:
    path, query = split_target(environ["RAW_URI"])
    method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
    headers = request_headers(environ)
    parameters = parse_qs(query, keep_blank_values=True)
    text, is_base64 = encoded(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "path": path,
            "httpMethod": method,
            "stage": STAGE,
            "requestId": request_id,
            "protocol": environ["SERVER_PROTOCOL"],
            "identity": {"sourceIp": environ.get("REMOTE_ADDR"), "userAgent": headers.get("User-Agent")},
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def split_target(target: str) -> tuple[str, str]:
    """
    Path and query of a request line, still percent-encoded: only the app knows where a path is cut into its parts.
    """
    path, _, query = AUTHORITY.sub("", target, count=1).partition("?")
    return path or "/", query


def request_headers(environ: Environ) -> dict[str, str]:
    headers = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {name: environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    return {name.replace("_", "-").title(): as_text(value) for name, value in headers.items()}


def as_text(value: str) -> str:
    """
    WSGI hands bytes over as Latin-1; what was sent is nearly always UTF-8.
    """
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


def encoded(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def respond(answer: Answer, environ: Environ, start_response: StartResponse) -> list[bytes]:
    status = int(answer["statusCode"])
    body = b"" if status in WITHOUT_CONTENT else body_of(answer)
    headers = response_headers(answer)
    if status not in WITHOUT_CONTENT:
        headers.append(("Content-Length", str(len(body))))
    start_response(status_line(status), headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def body_of(answer: Answer) -> bytes:
    body = answer.get("body") or ""
    return base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def response_headers(answer: Answer) -> list[tuple[str, str]]:
    """
    A name in multiValueHeaders wins over the same name in headers. The length is ours to say.
    """
    values = {name: [value] for name, value in (answer.get("headers") or {}).items()}
    values |= answer.get("multiValueHeaders") or {}
    return [
        (name, str(value).encode().decode("latin-1"))
        for name, several in values.items()
        for value in several
        if name.lower() != "content-length"
    ]


def status_line(status: int) -> str:
    return f"{status} {PHRASES.get(status, '')}".rstrip()


def refused(refusal: BodyRefused, environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """
    The refusal first, then the rest of the body, thrown away: closing on unread bytes would reset the connection, and
    the client would never see the answer.
    """
    answer = {
        "statusCode": refusal.status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"code": refusal.code, "message": str(refusal)}),
    }
    yield from respond(answer, environ, start_response)
    discard(environ["wsgi.input"])


def discard(body: BinaryIO, *, piece: int = 65536) -> None:
    for _ in range(DISCARD_LIMIT // piece):
        if not body.read(piece):
            return
