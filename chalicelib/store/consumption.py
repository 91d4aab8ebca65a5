"""
What DynamoDB says that its answers consumed. PynamoDB asks that of every call, so knowing it costs nothing more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from botocore import handlers
from botocore.model import OperationModel

from chalicelib.domain.units import Units

READS = frozenset({"GetItem", "BatchGetItem", "Query"})

_meter: ContextVar[Units | None] = ContextVar("units", default=None)


@contextmanager
def metered() -> Iterator[Units]:
    """
    The units of all calls that are answered while the block runs, in its thread. DynamoDB bills a write that it refuses
    on its condition too, and does not say how much: that is not in them.
    """
    units = Units()
    before = _meter.set(units)
    try:
        yield units
    finally:
        _meter.reset(before)


def _note(parsed: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
    units = _meter.get()
    if units is None:
        return
    consumed = parsed.get("ConsumedCapacity", ())
    for one in (consumed,) if isinstance(consumed, dict) else consumed:
        reads, writes = _reads_and_writes(one, model.name)
        units.reads += reads
        units.writes += writes


def _reads_and_writes(consumed: Mapping[str, Any], operation: str) -> tuple[float, float]:
    """
    Of a transaction, DynamoDB may say both.
    """
    if "ReadCapacityUnits" in consumed or "WriteCapacityUnits" in consumed:
        return consumed.get("ReadCapacityUnits", 0), consumed.get("WriteCapacityUnits", 0)
    units = consumed.get("CapacityUnits", 0)
    return (units, 0) if operation in READS else (0, units)


# Of each client that is made from now on: PynamoDB makes its own, and another one where credentials came late.
handlers.BUILTIN_HANDLERS.append(("after-call.dynamodb", _note))
