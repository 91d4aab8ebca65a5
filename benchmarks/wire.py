"""
The DynamoDB calls of this process: where they go, what they were, what they cost.

botocore's own hooks see every call of every client made after this module is imported.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore import handlers

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass(frozen=True)
class Call:
    operation: str
    parameters: dict[str, Any]


@dataclass
class Cost:
    """
    Units as the store reports them, ReturnConsumedCapacity=TOTAL.
    """

    reads: float = 0
    writes: float = 0
    calls: int = 0


class Wire:
    def __init__(self) -> None:
        self._endpoint = ""
        self._cost: Cost | None = None
        self._calls: list[Call] | None = None
        handlers.BUILTIN_HANDLERS += [
            ("provide-client-params.dynamodb", self._note),
            ("before-call.dynamodb", self._address),
            ("after-call.dynamodb", self._meter),
        ]

    def to(self, endpoint: str) -> None:
        """
        From now on every call goes there, whatever its client was made for.
        """
        self._endpoint = endpoint

    @contextmanager
    def metered(self) -> Iterator[Cost]:
        self._cost = Cost()
        try:
            yield self._cost
        finally:
            self._cost = None

    def cost_of(self, act: Callable[[], object]) -> Cost:
        with self.metered() as cost:
            act()
        return cost

    @contextmanager
    def recorded(self) -> Iterator[list[Call]]:
        self._calls = []
        try:
            yield self._calls
        finally:
            self._calls = None

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._calls is not None:
            self._calls.append(Call(model.name, params))

    def _address(self, params: dict[str, Any], **_: Any) -> None:
        params["url"] = f"{self._endpoint}/"

    def _meter(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if self._cost is None:
            return
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        self._cost.calls += 1
        if model.name in READS:
            self._cost.reads += units
        else:
            self._cost.writes += units


wire = Wire()
