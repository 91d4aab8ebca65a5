"""
Telemetry, as it is kept: for six hours, many rows in an item, so that a batch costs few write units.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice
from typing import Self, TypeVar, cast
from uuid import UUID

import msgspec
from pynamodb.attributes import BinaryAttribute
from pynamodb.exceptions import PutError

from chalicelib.domain.telemetry import (
    RETENTION,
    TOLERATED,
    K8sEvent,
    LogGap,
    PodLogLine,
    Received,
    Telemetry,
)
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.faults import is_refused
from chalicelib.store.packed import pack, unpack
from chalicelib.store.reads import find
from chalicelib.store.table import Item, absent

CHUNK_ROWS = 500  # so that a reader of a few rows reads few
CHUNK_BYTES = 256 * 1024  # an item holds 400 KB, and text may not compress at all
ROWS_EXPECTED = 20  # in an item: how many of them to read at once for so many rows

Said = TypeVar("Said", K8sEvent, PodLogLine, LogGap)


class Kind(StrEnum):
    EVENT = "EVENT"
    LOG = "LOG"


class ChunkItem(Item, discriminator="telemetry"):
    """
    pk TELEMETRY#<stack>, sk <kind>#<created_at>#<agent>#<n>: a part of what one batch says of one stack.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    created_at = MomentAttribute()
    rows = BinaryAttribute(legacy_encoding=False)

    @classmethod
    def of(cls, part: Telemetry, id: UUID, agent_id: UUID, at: datetime, number: int) -> Self:
        [stack_id] = part.stack_ids
        kind = Kind.EVENT if part.events else Kind.LOG
        item = cls(f"TELEMETRY#{stack_id}", f"{kind}#{at.isoformat()}#{agent_id}#{number:03}")
        item.id, item.agent_id, item.created_at = id, agent_id, at
        item.rows = pack(msgspec.json.encode(part))
        item.expires_at = _expiry(at)
        return item

    def part(self) -> Telemetry:
        return msgspec.json.decode(unpack(self.rows), type=Telemetry)


class SentItem(Item, discriminator="telemetry_sent"):
    """
    pk SENT#<agent>, sk TELEMETRY: when its last batch was taken.
    """

    sent_at = MomentAttribute()


def find_last_sent(agent_id: UUID) -> datetime | None:
    item = find(SentItem, f"SENT#{agent_id}", "TELEMETRY")
    return item.sent_at if item else None


def note_sent(agent_id: UUID, at: datetime) -> bool:
    """
    Put on record that an agent's batch is taken. False where it took another one just now.
    """
    item = SentItem(f"SENT#{agent_id}", "TELEMETRY", sent_at=at, expires_at=_expiry(at))
    try:
        item.save(absent | (SentItem.sent_at <= at - TOLERATED))
    except PutError as error:
        if not is_refused(error):
            raise
        return False
    return True


def add(agent_id: UUID, batch: Telemetry, at: datetime, new_id: Callable[[], UUID]) -> None:
    with Item.batch_write() as writes:
        for number, part in enumerate(_parts(batch)):
            writes.save(ChunkItem.of(part, new_id(), agent_id, at, number))


def _parts(batch: Telemetry) -> Iterator[Telemetry]:
    """
    A batch, cut by stack, by kind and by size. Gaps stand with the newest lines of their stack.
    """
    for events in _by_stack(batch.events).values():
        yield from (Telemetry(events=portion) for portion in _portions(events))
    lines, gaps = _by_stack(batch.lines), _by_stack(batch.gaps)
    for stack_id in lines | gaps:
        *earlier, last = list(_portions(lines.get(stack_id, []))) or [[]]
        yield from (Telemetry(lines=portion) for portion in earlier)
        yield Telemetry(lines=last, gaps=gaps.get(stack_id, []))


def _by_stack(said: Iterable[Said]) -> dict[UUID, list[Said]]:
    found: dict[UUID, list[Said]] = defaultdict(list)
    for one in said:
        found[one.stack_id].append(one)
    return dict(found)


def _portions(said: Iterable[Said]) -> Iterator[list[Said]]:
    portion: list[Said] = []
    room = CHUNK_BYTES
    for one in said:
        size = len(msgspec.json.encode(one))
        if portion and (len(portion) == CHUNK_ROWS or size > room):
            yield portion
            portion, room = [], CHUNK_BYTES
        portion.append(one)
        room -= size
    if portion:
        yield portion


def events(stack_id: UUID, since: datetime, limit: int) -> Iterator[Received[K8sEvent]]:
    """
    The newest first, read as they are asked for.
    """
    found = (_received(chunk, chunk.part().events) for chunk in _chunks(stack_id, Kind.EVENT, since, limit))
    return islice(chain.from_iterable(found), limit)


def log(stack_id: UUID, since: datetime, limit: int) -> Iterator[Received[PodLogLine | LogGap]]:
    """
    So many lines, the newest first, and the gaps on the way to them; read as they are asked for.
    """
    for chunk in _chunks(stack_id, Kind.LOG, since, limit):
        part = chunk.part()
        yield from _received(chunk, part.gaps)
        yield from islice(_received(chunk, part.lines), limit)
        limit -= len(part.lines)
        if limit <= 0:
            return


def _chunks(stack_id: UUID, kind: Kind, since: datetime, limit: int) -> Iterator[ChunkItem]:
    found = ChunkItem.query(
        f"TELEMETRY#{stack_id}",
        ChunkItem.sk.between(f"{kind}#{since.isoformat()}", f"{kind}#~"),
        scan_index_forward=False,
        page_size=math.ceil(limit / ROWS_EXPECTED),
    )
    return iter(cast("Iterable[ChunkItem]", found))


def _received(chunk: ChunkItem, said: Sequence[Said]) -> Iterator[Received[Said]]:
    """
    The newest first, each under an id of its own that it keeps.
    """
    for place in reversed(range(len(said))):
        yield Received(UUID(int=chunk.id.int ^ place), chunk.agent_id, chunk.created_at, said[place])


def _expiry(at: datetime) -> int:
    return int((at + RETENTION).timestamp())
