"""
What routes answer with, and how they learn who asks.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from chalice import Blueprint, Response

from chalicelib.api.views import Json
from chalicelib.domain.principals import Principal
from chalicelib.errors import PayloadTooLarge

PRINCIPAL = "principal"

# Lambda answers with 6 MB at most, and that is of the JSON in which it wraps this text.
MAX_ANSWER = 5_500_000


def caller(routes: Blueprint) -> Principal:
    """
    Who was authenticated, before any route was asked.
    """
    principal: Principal = routes.current_request.context[PRINCIPAL]
    return principal


def created(body: Mapping[str, Any]) -> Response:
    return Response(dict(body), status_code=HTTPStatus.CREATED)


def no_content() -> Response:
    return Response("", status_code=HTTPStatus.NO_CONTENT)


def not_modified(headers: Mapping[str, str]) -> Response:
    return Response("", dict(headers), HTTPStatus.NOT_MODIFIED)


def bounded(objects: Iterable[Json], refusal: PayloadTooLarge, headers: Mapping[str, str] | None = None) -> Response:
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
    return Response(f"[{','.join(parts)}]", dict(headers or {}))
