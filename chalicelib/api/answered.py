"""
A request that has its answer, as it is logged and counted.
"""

import re
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Self

from chalice.app import Request
from msgspec import Struct

from chalicelib.domain.units import Units

UNKNOWN = "unknown"
OTHER = "other"
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MILLISECOND = timedelta(milliseconds=1)


class Answered(Struct, frozen=True, kw_only=True):
    """
    `endpoint` and `method` are of few values, and none is a caller's to make up.
    """

    endpoint: str
    method: str
    status: int
    took: timedelta
    units: Units

    @classmethod
    def of(cls, request: Request, status: int, took: timedelta, units: Units) -> Self:
        return cls(
            endpoint=endpoint_of(request.path), method=method_of(request.method), status=status, took=took, units=units
        )


@cache
def endpoint_of(template: str) -> str:
    """
    A route's template with `:id` for each parameter; one value for all paths that there are not.
    """
    return re.sub(r"{\w+}", ":id", template) or UNKNOWN


def method_of(method: str) -> str:
    return method if method in METHODS else OTHER


def milliseconds(span: timedelta) -> float:
    return round(span / MILLISECOND, 1)


class Start:
    """
    How a process began: how long it took to import, and whether it has had a request yet.
    """

    def __init__(self, took: timedelta) -> None:
        self.took = took
        self._requests = count()

    def is_first(self) -> bool:
        """
        True once, for whichever thread comes first.
        """
        return next(self._requests) == 0
