"""
UUIDs in a body: msgspec knows two spellings, of 32 and of 36 characters; the contract has two longer ones.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import Struct

from chalicelib.api.parameters import uuid_of

KNOWN = 36


def respelled(value: Any, kind: Any) -> Any:
    """
    A value that should be of a kind, with the UUIDs in it as msgspec knows them. It looks no deeper than the kind goes.
    """
    if kind is UUID and isinstance(value, str):
        return _short(value)
    if get_origin(kind) is list and isinstance(value, list):
        (inner,) = get_args(kind)
        return [respelled(one, inner) for one in value]
    fields = _fields_with_ids(kind)
    if fields and isinstance(value, dict):
        return {name: respelled(one, fields[name]) if name in fields else one for name, one in value.items()}
    return value


def _short(text: str) -> str:
    try:
        return str(uuid_of(text)) if len(text) > KNOWN else text
    except ValueError:
        return text


@cache
def _fields_with_ids(kind: Any) -> Mapping[str, Any]:
    if not isinstance(kind, type) or not issubclass(kind, Struct):
        return {}
    kinds = {name: _unless_null(hint) for name, hint in get_type_hints(kind).items()}
    return {name: kind for name, kind in kinds.items() if _has_ids(kind)}


def _unless_null(hint: Any) -> Any:
    return next(one for one in get_args(hint) if one is not NoneType) if NoneType in get_args(hint) else hint


def _has_ids(kind: Any) -> bool:
    return kind is UUID or bool(_fields_with_ids(kind)) or any(map(_has_ids, get_args(kind)))
