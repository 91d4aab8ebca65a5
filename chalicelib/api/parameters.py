"""
What a path, a query and a header say, as what it means.
"""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from chalice.app import Request

from chalicelib.domain import moments
from chalicelib.errors import InvalidPath, InvalidQuery

HYPHENATED = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID_TEXT = re.compile(
    f"[0-9a-f]{{32}}|{HYPHENATED}|\\{{{HYPHENATED}\\}}|urn:uuid:{HYPHENATED}", re.ASCII | re.IGNORECASE
)
FLAGS = {"true": True, "false": False}


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


def query_text(request: Request, name: str) -> str | None:
    values = request.query_params.getlist(name) if request.query_params and name in request.query_params else []
    if len(values) > 1:
        raise InvalidQuery(f"{name}: given {len(values)} times")
    return values[0] if values else None


def query_uuid(request: Request, name: str) -> UUID | None:
    text = query_text(request, name)
    try:
        return None if text is None else uuid_of(text)
    except ValueError as error:
        raise InvalidQuery(f"{name}: {error}") from error


def query_number(request: Request, name: str, *, most: int) -> int | None:
    """
    A whole number from 1 on.
    """
    text = query_text(request, name)
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise InvalidQuery(f"{name}: expected a number from 1 to {most}")
    return int(text)


def query_clamped(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """
    A whole number; one that is out of bounds means the bound.
    """
    text = query_text(request, name)
    if text is None:
        return default
    if not re.fullmatch("-?[0-9]{1,18}", text):
        raise InvalidQuery(f"{name}: expected a number")
    return min(max(int(text), least), most)


def query_moment(request: Request, name: str) -> datetime | None:
    text = query_text(request, name)
    if text is None:
        return None
    try:
        return moments.utc(name, msgspec.convert(text, datetime), InvalidQuery)
    except msgspec.ValidationError as error:
        raise InvalidQuery(f"{name}: expected a timestamp as 2026-11-24T12:00:00Z; a + in it is %2B") from error


def query_flag(request: Request, name: str, *, default: bool) -> bool:
    text = query_text(request, name)
    if text is None:
        return default
    if text not in FLAGS:
        raise InvalidQuery(f"{name}: expected true or false")
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
