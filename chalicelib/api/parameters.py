"""
What a path, a query and a header say, as what it means.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from chalice.app import Request
from msgspec import Struct

from chalicelib.domain import moments
from chalicelib.errors.protocol import InvalidPath, InvalidQuery

HYPHENATED = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID_TEXT = re.compile(
    f"[0-9a-f]{{32}}|{HYPHENATED}|\\{{{HYPHENATED}\\}}|urn:uuid:{HYPHENATED}", re.ASCII | re.IGNORECASE
)
FLAGS = {"true": True, "false": False}

Value = TypeVar("Value")


def uuid_of(text: str) -> UUID:
    """
    Hyphenated, 32 digits, {braced} or urn:uuid:, in any case; nothing else that Python would take. Raises ValueError.
    """
    if not UUID_TEXT.fullmatch(text):
        raise ValueError("expected a UUID")
    return UUID(text.lower())


def path_uuid(text: str) -> UUID:
    try:
        return uuid_of(text)
    except ValueError as error:
        raise InvalidPath("the id in the path is not a UUID") from error


class Query(Struct, Generic[Value], frozen=True):
    """
    A parameter of a query: how it is read, and what the OpenAPI document tells of it. `read` raises ValueError, saying
    what it expected.
    """

    name: str
    read: Callable[[str], Value]
    default: Value
    schema: Mapping[str, Any]

    def of(self, request: Request) -> Value:
        """
        Raises InvalidQuery, naming the parameter.
        """
        given = request.query_params
        values = given.getlist(self.name) if given and self.name in given else []
        if len(values) > 1:
            raise InvalidQuery(f"{self.name}: given {len(values)} times")
        try:
            return self.read(values[0]) if values else self.default
        except ValueError as error:
            raise InvalidQuery(f"{self.name}: {error}") from error


def text_query(name: str, *choices: str) -> Query[str | None]:
    """
    Any text; `choices` are those that mean something.
    """
    return Query(name, str, None, {"type": "string", **({"enum": list(choices)} if choices else {})})


def uuid_query(name: str) -> Query[UUID | None]:
    return Query(name, uuid_of, None, {"type": "string", "format": "uuid"})


def number_query(name: str, *, most: int) -> Query[int | None]:
    """
    A whole number from 1 on.
    """

    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= most:
            raise ValueError(f"expected a number from 1 to {most}")
        return int(text)

    return Query(name, read, None, {"type": "integer", "minimum": 1, "maximum": most})


def clamped_query(name: str, *, default: int, least: int, most: int) -> Query[int]:
    """
    A whole number; one that is out of bounds means the bound.
    """

    def read(text: str) -> int:
        if not re.fullmatch("-?[0-9]{1,18}", text):
            raise ValueError("expected a number")
        return min(max(int(text), least), most)

    said = f"from {least} to {most}; what is out of bounds means the bound"
    return Query(name, read, default, {"type": "integer", "format": "int64", "default": default, "description": said})


def moment_query(name: str) -> Query[datetime | None]:
    def read(text: str) -> datetime:
        try:
            return moments.utc(name, msgspec.convert(text, datetime), InvalidQuery)
        except msgspec.ValidationError as error:
            raise ValueError("expected a timestamp as 2026-11-24T12:00:00Z; a + in it is %2B") from error

    return Query(name, read, None, {"type": "string", "format": "date-time"})


def flag_query(name: str, *, default: bool) -> Query[bool]:
    return Query(name, _flag, default, {"type": "boolean", "default": default})


def _flag(text: str) -> bool:
    if text not in FLAGS:
        raise ValueError("expected true or false")
    return FLAGS[text]


def known_to(request: Request) -> Callable[[str], bool]:
    """
    Whether the caller has said, with If-None-Match, that it has what an entity tag stands for.
    """
    tags = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return lambda etag: "*" in tags or etag in tags


def media_type(request: Request) -> str:
    return str(request.headers.get("content-type", "")).partition(";")[0].strip()


def accepts(request: Request, types: frozenset[str]) -> bool:
    """
    Whether one of these is named in Accept, wherever and with whatever weight.
    """
    offers = str(request.headers.get("accept", "")).split(",")
    return any(offer.partition(";")[0].strip().lower() in types for offer in offers)
