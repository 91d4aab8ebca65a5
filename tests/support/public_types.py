"""
Whether a parsed answer is what the SDK's models declare: its parser itself looks at few of the types.
"""

import types
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from brokkr_broker_client import models

# Keys that the SDK does not know, and keeps aside.
MORE = {"PodLogHistoryResponse": {"gaps"}}


def check_types(parsed):
    """
    Of all fields, and theirs in turn; and that there is none which nobody knows, but where the SDK takes what comes.
    """
    if isinstance(parsed, list):
        for one in parsed:
            check_types(one)
    elif attrs.has(type(parsed)):
        _check_fields(parsed)


def _check_fields(model):
    name, hints = type(model).__name__, _hints(type(model))
    for field, hint in hints.items():
        value = getattr(model, field)
        assert _fits(value, hint), f"{name}.{field} is {value!r}, and no {hint}"
        check_types(value)
    unknown = model.additional_properties.keys() - MORE.get(name, set())
    assert not hints or not unknown, f"{name} has {unknown}, which the SDK does not know"


@cache
def _hints(model):
    hints = get_type_hints(model, localns=vars(models))
    return {name: hint for name, hint in hints.items() if name != "additional_properties"}


def _fits(value, hint):
    origin = get_origin(hint)
    if hint is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if origin is list:
        return isinstance(value, list) and all(_fits(one, get_args(hint)[0]) for one in value)
    if isinstance(value, bool):
        return hint is bool
    if isinstance(value, datetime):
        return hint is datetime and value.tzinfo is not None
    return isinstance(value, origin or hint)
