"""
What routes answer with, and how they learn who asks.

A view's return type says its status, its media type and its body: mypy proves it, the OpenAPI document tells it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar, Generic, TypeVar

from chalice import Blueprint, Response
from chalice.app import Request

from chalicelib.api.parameters import known_to
from chalicelib.domain.principals import Principal
from chalicelib.errors.protocol import PayloadTooLarge

PRINCIPAL = "principal"

# Lambda answers with 6 MB at most, and that is of the JSON in which it wraps this text.
MAX_ANSWER = 5_500_000
ETAG_LENGTH = 32

Headers = Mapping[str, str]
Body = TypeVar("Body")


class Ok(Response, Generic[Body]):
    """
    JSON. A view without headers to give may return the body itself.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.OK

    def __init__(self, body: Body, headers: Headers | None = None) -> None:
        super().__init__(body, dict(headers or {}), self.status)


class Created(Ok[Body]):
    status = HTTPStatus.CREATED


class Text(Response):
    """
    Anything but JSON.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.OK
    content_type: ClassVar[str] = "text/plain; charset=utf-8"

    def __init__(self, body: str, headers: Headers | None = None) -> None:
        super().__init__(body, {"Content-Type": self.content_type, **(headers or {})}, self.status)


class Yaml(Text):
    content_type = "application/yaml"


class Html(Text):
    content_type = "text/html; charset=utf-8"


class Css(Text):
    content_type = "text/css; charset=utf-8"


class Script(Text):
    content_type = "text/javascript; charset=utf-8"


class NoContent(Response):
    status: ClassVar[HTTPStatus] = HTTPStatus.NO_CONTENT

    def __init__(self, headers: Headers | None = None) -> None:
        super().__init__("", dict(headers or {}), self.status)


class Empty(NoContent):
    """
    The contract's 200 with nothing in it.
    """

    status = HTTPStatus.OK


class Redirect(NoContent):
    status = HTTPStatus.FOUND


class NotModified(NoContent):
    """
    The answer to an entity tag that the caller sent and that is still right.
    """

    status = HTTPStatus.NOT_MODIFIED


def caller(routes: Blueprint) -> Principal:
    """
    Who was authenticated, before any route was asked.
    """
    principal: Principal = routes.current_request.context[PRINCIPAL]
    return principal


class Room:
    """
    What one answer may still hold: its parts are made one by one, and the refusal comes with the first that is too
    much, before more is read.
    """

    def __init__(self, refusal: PayloadTooLarge) -> None:
        self._left = MAX_ANSWER
        self._refusal = refusal

    def hold(self, part: Body) -> Body:
        self._left -= len(json.dumps(json.dumps(part, separators=(",", ":"))))
        if self._left < 0:
            raise self._refusal
        return part


def tagged(body: Body, request: Request, refusal: PayloadTooLarge) -> Ok[Body] | NotModified:
    """
    An answer with an entity tag of its own text, or 304 to who has it; the refusal where it is larger than the platform
    lets through.
    """
    text = json.dumps(body, separators=(",", ":"))
    if len(json.dumps(text)) > MAX_ANSWER:
        raise refusal
    headers = {"ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:ETAG_LENGTH]}"'}
    return NotModified(headers) if known_to(request)(headers["ETag"]) else Ok(body, headers)


def bounded(objects: Iterable[Body], refusal: PayloadTooLarge, headers: Headers | None = None) -> Ok[list[Body]]:
    """
    A list, or the refusal once it is larger than the platform lets through: no more is made of it than that.
    """
    parts: list[str] = []
    size = 0
    for one in objects:
        parts.append(json.dumps(one, separators=(",", ":")))
        size += len(json.dumps(parts[-1]))
        if size > MAX_ANSWER:
            raise refusal
    made: Any = f"[{','.join(parts)}]"  # Chalice takes a text for JSON that is made already
    return Ok(made, headers)
