"""
What routes answer with, and how they learn who asks.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from chalice import Blueprint, Response

from chalicelib.api.views import Json
from chalicelib.domain.principals import Principal
from chalicelib.errors import PayloadTooLarge

A = TypeVar("A")

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


class Room:
    """
    What one answer may still hold: its parts are made one by one, and the refusal comes with the first that is too
    much, before more is read.
    """

    def __init__(self, refusal: PayloadTooLarge) -> None:
        self._left = MAX_ANSWER
        self._refusal = refusal

    def hold(self, part: A) -> A:
        self._left -= len(json.dumps(json.dumps(part, separators=(",", ":"))))
        if self._left < 0:
            raise self._refusal
        return part


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
