"""
Telemetry: what an agent passes on of a stack's Kubernetes events and of its pods' logs.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from msgspec import Struct, field

from chalicelib.domain import moments
from chalicelib.domain.bounds import Bounds
from chalicelib.errors.protocol import InvalidRequestBody

RETENTION = timedelta(hours=6)
INTERVAL = timedelta(seconds=10)
TOLERATED = timedelta(seconds=5)

MAX_EVENTS = 1_000
MAX_LINES = 5_000
MAX_GAPS = 100
MAX_TEXT_BYTES = 16 * 1024
MAX_NAME_BYTES = 1_024
MAX_COUNT = 2**63 - 1

GapReason = Literal["rate_limit", "buffer_full", "disconnected"]


def _bounded(field: str, value: str, most: int) -> None:
    """
    In bytes, and anything that Unicode knows: what a program prints is its own business.
    """
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise InvalidRequestBody(f"{field} must be valid Unicode: it holds half of a surrogate pair") from error
    if size > most:
        raise InvalidRequestBody(f"{field} must be at most {most} bytes long; it has {size}")


def _names(**values: str | None) -> None:
    for name, value in values.items():
        _bounded(name, value or "", MAX_NAME_BYTES)


class InvolvedObject(Struct, frozen=True, kw_only=True):
    api_version: str
    kind: str
    name: str
    namespace: str | None = None
    uid: str | None = None

    def __post_init__(self) -> None:
        _names(api_version=self.api_version, kind=self.kind, name=self.name, namespace=self.namespace, uid=self.uid)


class K8sEvent(Struct, frozen=True, kw_only=True):
    stack_id: UUID
    observed_at: datetime
    reason: str
    message: str
    event_type: str
    involved_object: InvolvedObject
    source: str | None = None

    def __post_init__(self) -> None:
        moments.utc("observed_at", self.observed_at)
        _names(reason=self.reason, event_type=self.event_type, source=self.source)
        _bounded("message", self.message, MAX_TEXT_BYTES)


class PodLogLine(Struct, frozen=True, kw_only=True):
    stack_id: UUID
    namespace: str
    pod: str
    container: str
    ts: datetime
    line: str

    def __post_init__(self) -> None:
        moments.utc("ts", self.ts)
        _names(namespace=self.namespace, pod=self.pod, container=self.container)
        _bounded("line", self.line, MAX_TEXT_BYTES)


class LogGap(Struct, frozen=True, kw_only=True):
    """
    How many lines the agent did not pass on, and why.
    """

    stack_id: UUID
    since_ts: datetime
    dropped_count: Annotated[int, Bounds(0, MAX_COUNT)]
    reason: GapReason

    def __post_init__(self) -> None:
        moments.utc("since_ts", self.since_ts)
        if not 0 <= self.dropped_count <= MAX_COUNT:
            raise InvalidRequestBody(f"dropped_count must be from 0 to {MAX_COUNT}")


class Telemetry(Struct, frozen=True, kw_only=True):
    """
    A batch: each list from the oldest to the newest.
    """

    events: Annotated[list[K8sEvent], Bounds(0, MAX_EVENTS)] = field(default_factory=list)
    lines: Annotated[list[PodLogLine], Bounds(0, MAX_LINES)] = field(default_factory=list)
    gaps: Annotated[list[LogGap], Bounds(0, MAX_GAPS)] = field(default_factory=list)

    def __post_init__(self) -> None:
        _few("events", self.events, MAX_EVENTS)
        _few("lines", self.lines, MAX_LINES)
        _few("gaps", self.gaps, MAX_GAPS)

    @property
    def stack_ids(self) -> set[UUID]:
        said: list[K8sEvent | PodLogLine | LogGap] = [*self.events, *self.lines, *self.gaps]
        return {one.stack_id for one in said}


def _few(field: str, said: Collection[object], most: int) -> None:
    if len(said) > most:
        raise InvalidRequestBody(f"{field}: at most {most} in one request; these are {len(said)}")


Said_co = TypeVar("Said_co", covariant=True)


class Received(Struct, Generic[Said_co], frozen=True):
    """
    What an agent said, and when it reached the broker.
    """

    id: UUID
    agent_id: UUID
    created_at: datetime
    said: Said_co
