"""
Agent events, as they are kept: for 30 days since they were last said.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Self, cast
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.events import AgentEvent
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.reads import find, listed
from chalicelib.store.table import Item, present
from chalicelib.store.writes import patch

LIFE = timedelta(days=30)
PAGE_SIZE = 200


class AgentEventItem(Item, discriminator="agent_event"):
    """
    pk EVENTS#<agent>, sk <created_at>#<id>; gsi1 EVENT#<id> / EVENT.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    deployment_object_id = UUIDAttribute()
    event_type = UnicodeAttribute()
    status = UnicodeAttribute()
    message = UnicodeAttribute(null=True)
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    @classmethod
    def of(cls, event: AgentEvent) -> Self:
        item = cls(f"EVENTS#{event.agent_id}", place(event), **asdict(event))
        item.gsi1pk, item.gsi1sk = f"EVENT#{event.id}", "EVENT"
        item.expires_at = _expiry(event.updated_at)
        return item

    def read(self) -> AgentEvent:
        return self.as_a(AgentEvent)


def place(event: AgentEvent) -> str:
    """
    Where an event is kept among its agent's: in the order of time.
    """
    return f"{event.created_at.isoformat()}#{event.id}"


def moment_of(place: str) -> datetime:
    """
    When an event was made, from where it is kept.
    """
    return datetime.fromisoformat(place.partition("#")[0])


def _expiry(at: datetime) -> int:
    return int((at + LIFE).timestamp())


def add(event: AgentEvent) -> None:
    AgentEventItem.of(event).save()


def refresh(agent_id: UUID, place: str, at: datetime) -> AgentEvent | None:
    """
    The event, now said again. None where it has expired.
    """
    item = AgentEventItem(f"EVENTS#{agent_id}", place)
    actions = [AgentEventItem.updated_at.set(at), AgentEventItem.expires_at.set(_expiry(at))]
    lives = present & (AgentEventItem.expires_at > int(at.timestamp()))
    return item.read() if patch(item, actions, lives) else None


def of_agent(
    agent_id: UUID, at: datetime, *, before: AgentEvent | None = None, page_size: int | None = None
) -> Iterator[AgentEvent]:
    """
    Those that have not expired, the newest first, read as they are asked for: so many with each query.
    """
    found = AgentEventItem.query(
        f"EVENTS#{agent_id}",
        AgentEventItem.sk < place(before) if before else None,
        scan_index_forward=False,
        consistent_read=True,
        page_size=page_size or PAGE_SIZE,
    )
    return (item.read() for item in cast("Iterable[AgentEventItem]", found) if _lives(item, at))


def newest_moment(agent_id: UUID) -> datetime | None:
    found = AgentEventItem.query(f"EVENTS#{agent_id}", scan_index_forward=False, consistent_read=True, limit=1)
    return next((item.created_at for item in cast("Iterable[AgentEventItem]", found)), None)


def find_event(id: UUID, at: datetime) -> AgentEvent | None:
    indexed = next(iter(listed(f"EVENT#{id}")), None)
    item = find(AgentEventItem, indexed.pk, indexed.sk) if indexed else None
    return item.read() if item and _lives(item, at) else None


def message(agent_id: UUID, place: str) -> str | None:
    """
    What an event says. None where it says nothing, or has expired.
    """
    item = find(AgentEventItem, f"EVENTS#{agent_id}", place)
    return item.message if item else None


def _lives(item: AgentEventItem, at: datetime) -> bool:
    """
    DynamoDB deletes an expired item when it gets round to it.
    """
    return bool(item.expires_at > at.timestamp())
