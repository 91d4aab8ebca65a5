"""
Telemetry on its way to the broker: bounded, and what does not fit is counted.
"""

import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from agent.metrics import telemetry

EVENTS = 1_000
LINES = 5_000
GAPS = 100
BYTES_KEPT = 2 * 2**20
BYTES_IN_A_BATCH = 900 * 2**10
GAPS_KEPT = 1_000
RATE_LIMIT, BUFFER_FULL, DISCONNECTED = "rate_limit", "buffer_full", "disconnected"


@dataclass(frozen=True, slots=True)
class Item:
    """
    An event or a line as it will be sent.
    """

    stack_id: str
    moment: str
    data: bytes

    @classmethod
    def of(cls, stack_id: str, moment: str, row: Mapping[str, Any]) -> "Item":
        text = json.dumps({"stack_id": stack_id, **row}, ensure_ascii=False, separators=(",", ":"))
        return cls(stack_id, moment, text.encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where something is missing: gaps of one place are one gap.
    """

    stack_id: str
    reason: str
    window: str = ""


@dataclass
class Gap:
    since: str
    count: int

    def row(self, place: Place) -> bytes:
        told = {"since_ts": self.since, "dropped_count": self.count, "reason": place.reason}
        return json.dumps({"stack_id": place.stack_id, **told}, separators=(",", ":")).encode()


@dataclass
class Batch:
    events: list[Item] = field(default_factory=list)
    lines: list[Item] = field(default_factory=list)
    gaps: dict[Place, Gap] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.events or self.lines or self.gaps)

    def without(self, stack_ids: Collection[str]) -> "Batch":
        return Batch(
            [item for item in self.events if item.stack_id not in stack_ids],
            [item for item in self.lines if item.stack_id not in stack_ids],
            {place: gap for place, gap in self.gaps.items() if place.stack_id not in stack_ids},
        )

    @property
    def body(self) -> bytes:
        gaps = [gap.row(place) for place, gap in self.gaps.items()]
        parts = {b"events": _data(self.events), b"lines": _data(self.lines), b"gaps": gaps}
        return b"{%b}" % b",".join(b'"%b":[%b]' % (name, b",".join(rows)) for name, rows in parts.items())


class Shelf:
    """
    Items in the order in which they came; the oldest fall off.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[Item] = deque()
        self._size = 0

    def add(self, items: Iterable[Item], *, in_front: bool = False) -> list[Item]:
        """
        What fell off.
        """
        for item in items:
            (self._items.appendleft if in_front else self._items.append)(item)
            self._size += len(item.data)
        fallen = []
        while len(self._items) > self._most or self._size > BYTES_KEPT:
            fallen.append(self._pop())
        return fallen

    def take(self, most: int, room: int) -> list[Item]:
        taken = list[Item]()
        while self._items and len(taken) < most and (room := room - len(self._items[0].data) - 1) >= 0:
            taken.append(self._pop())
        return taken

    def _pop(self) -> Item:
        item = self._items.popleft()
        self._size -= len(item.data)
        return item


class Buffer:
    """
    Filled by every stream, emptied by one sender.
    """

    def __init__(self) -> None:
        self._events, self._lines = Shelf(EVENTS), Shelf(2 * LINES)
        self._gaps: dict[Place, Gap] = {}
        self._reason = BUFFER_FULL
        self._lock = Lock()

    def add_event(self, item: Item) -> None:
        with self._lock:
            self._miss(self._events.add([item]), "event")

    def add_line(self, item: Item) -> None:
        with self._lock:
            self._miss(self._lines.add([item]), "line")

    def add_gap(self, place: Place, since: str, count: int = 1) -> None:
        with self._lock:
            self._note(place, since, count)

    def take(self, is_known: Callable[[str], bool]) -> Batch:
        """
        As much as one request may hold, without what is of stacks that are no longer known.
        """
        with self._lock:
            events = self._events.take(EVENTS, BYTES_IN_A_BATCH // 2)
            room = BYTES_IN_A_BATCH - sum(len(item.data) for item in events)
            lines = self._lines.take(LINES, room)
            gaps = {place: self._gaps.pop(place) for place in list(self._gaps)[:GAPS]}
        return Batch(
            [item for item in events if is_known(item.stack_id)],
            [item for item in lines if is_known(item.stack_id)],
            {place: gap for place, gap in gaps.items() if is_known(place.stack_id)},
        )

    def put_back(self, batch: Batch) -> None:
        """
        It could not be sent: what no longer fits fell to the broker's being away.
        """
        with self._lock:
            self._reason = DISCONNECTED
            for place, gap in batch.gaps.items():
                self._note(place, gap.since, gap.count)
            self._miss(self._events.add(reversed(batch.events), in_front=True), "event")
            self._miss(self._lines.add(reversed(batch.lines), in_front=True), "line")

    def delivered(self, batch: Batch) -> None:
        self._reason = BUFFER_FULL
        telemetry.labels("event", "sent").inc(len(batch.events))
        telemetry.labels("line", "sent").inc(len(batch.lines))

    def _miss(self, items: Iterable[Item], what: str) -> None:
        for item in items:
            telemetry.labels(what, "dropped").inc()
            self._note(Place(item.stack_id, self._reason), item.moment, 1)

    def _note(self, place: Place, since: str, count: int) -> None:
        if place not in self._gaps and len(self._gaps) >= GAPS_KEPT:
            place = Place(place.stack_id, place.reason)
        gap = self._gaps.setdefault(place, Gap(since, 0))
        gap.since, gap.count = min(gap.since, since), gap.count + count


def _data(items: Iterable[Item]) -> list[bytes]:
    return [item.data for item in items]
