"""
What is kept of all agents in one partition, so that a look at the fleet is one query.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import msgspec
from msgspec.structs import replace
from pynamodb.attributes import BinaryAttribute
from pynamodb.expressions.update import Action

from chalicelib.domain.confirmations import Confirmation
from chalicelib.domain.fleet import AgentHealth
from chalicelib.settings import settings
from chalicelib.store.attributes import UUIDAttribute, WordsByIdAttribute
from chalicelib.store.heartbeats import FLEET
from chalicelib.store.memory import Memory
from chalicelib.store.reads import find
from chalicelib.store.table import Item
from chalicelib.store.writes import Together, patch

Row = tuple[datetime, datetime, bytes]

_rows = msgspec.msgpack.Decoder(list[Row])
_confirmed: Memory[tuple[UUID, UUID], Confirmation] = Memory(8192, settings.agent_silence)


class AgentHealthItem(Item, discriminator="agent_health"):
    """
    pk FLEET, sk HEALTH#<agent>: what an agent last said of all that it has, by stack where something is not well, and
    which of its words on objects it has confirmed since. Written by that agent's reports alone.
    """

    agent_id = UUIDAttribute()
    unwell = WordsByIdAttribute()
    confirmed = BinaryAttribute(legacy_encoding=False, null=True)

    @classmethod
    def at(cls, agent_id: UUID) -> Self:
        return cls(FLEET, f"HEALTH#{agent_id}")

    def read(self) -> AgentHealth:
        return AgentHealth(unwell=self.unwell, confirmed=_unpacked(self.confirmed))


def _packed(confirmations: Sequence[Confirmation]) -> bytes:
    """
    In 16 bytes an object: a look at the fleet reads all of them.
    """
    return msgspec.msgpack.encode(
        [(one.reported_at, one.checked_at, b"".join(id.bytes for id in one.object_ids)) for one in confirmations]
    )


def _unpacked(packed: bytes | None) -> list[Confirmation]:
    rows = _rows.decode(packed) if packed else []
    return [
        Confirmation(reported_at=reported_at, checked_at=checked_at, object_ids=_ids(ids))
        for reported_at, checked_at, ids in rows
    ]


def _ids(joined: bytes) -> frozenset[UUID]:
    return frozenset(UUID(bytes=joined[start : start + 16]) for start in range(0, len(joined), 16))


def find_health(agent_id: UUID) -> AgentHealth:
    """
    Strongly consistent, since the next report is measured against it.
    """
    item = find(AgentHealthItem, FLEET, f"HEALTH#{agent_id}")
    return item.read() if item else AgentHealth()


def confirmations(agent_ids: Collection[UUID]) -> dict[UUID, Sequence[Confirmation]]:
    """
    What each of these agents has confirmed, if anything.
    """
    keys = [(FLEET, f"HEALTH#{id}") for id in agent_ids]
    found = AgentHealthItem.batch_get(keys) if keys else ()
    return {item.agent_id: item.read().confirmed for item in found}


def last_confirmed(object_id: UUID, agent_ids: Collection[UUID], at: datetime) -> dict[UUID, Confirmation]:
    """
    The last of each agent's confirmations of one object. One that keeps a word fresh is read once, and again when it
    does that no more.
    """
    asked = [(id, object_id) for id in agent_ids]
    found = _confirmed.read(asked, _read_confirmed, at, since=lambda one: one.reported_at)
    return {agent_id: last for (agent_id, _), last in found.items()}


def _read_confirmed(asked: list[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Confirmation]:
    found, last = confirmations([agent_id for agent_id, _ in asked]), {}
    for agent_id, object_id in asked:
        of_it = [one for one in found.get(agent_id, ()) if object_id in one.object_ids]
        if of_it:
            newest = max(of_it, key=lambda one: one.reported_at)
            last[agent_id, object_id] = replace(newest, object_ids=frozenset([object_id]))
    return last


def note_health(
    agent_id: UUID, kept: AgentHealth, words: Mapping[UUID, str], confirmed: Sequence[Confirmation] | None = None
) -> None:
    """
    Keep what an agent says of its stacks, by their ids, and what it confirms: one write, or none where it is no news.

    Only the stacks that differ are written, so requests at once lose nothing of each other. Of two words at once on
    one stack the earlier may stay, until the agent's next report of everything; of two confirmations at once one is
    lost, and comes again before what it confirmed is out of date.
    """
    news = kept.news(words)
    if not news and confirmed is None:
        return
    more = [] if confirmed is None else [AgentHealthItem.confirmed.set(_packed(confirmed))]
    ways = [_into_the_map, _with_a_map]
    for way in ways if kept.unwell is not None else reversed(ways):
        if way(agent_id, news, more):
            return


def _into_the_map(agent_id: UUID, news: Mapping[UUID, str | None], more: Sequence[Action]) -> bool:
    unwell = AgentHealthItem.unwell
    changes = [unwell[str(id)].set(word) if word else unwell[str(id)].remove() for id, word in news.items()]
    return patch(AgentHealthItem.at(agent_id), [*changes, *more], unwell.exists())


def _with_a_map(agent_id: UUID, news: Mapping[UUID, str | None], more: Sequence[Action]) -> bool:
    """
    With what an item has from its first update on, which PynamoDB does not write by itself.
    """
    unwell = AgentHealthItem.unwell
    marks = [
        AgentHealthItem.kind.set(AgentHealthItem),
        AgentHealthItem.agent_id.set(agent_id),
        unwell.set({id: word for id, word in news.items() if word}),
    ]
    return patch(AgentHealthItem.at(agent_id), [*marks, *more], unwell.does_not_exist())


def forget_agent(together: Together, agent_id: UUID) -> None:
    together.remove(AgentHealthItem.at(agent_id))


def forget_health(agent_id: UUID, stack_id: UUID) -> None:
    """
    A stack that has left an agent fails there no more.
    """
    word = AgentHealthItem.unwell[str(stack_id)]
    patch(AgentHealthItem.at(agent_id), [word.remove()], word.exists())
