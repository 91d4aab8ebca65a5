"""
Agent events, as they are kept: for 30 days since they were last said.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self, cast
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.domain.events import AgentEvent
from chalicelib.store.table import Item, UUIDAttribute, find, listed, patch, present

LIFE = timedelta(days=30)


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
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()

    @classmethod
    def of(cls, event: AgentEvent) -> Self:
        item = cls(f"EVENTS#{event.agent_id}", place(event), **vars(event))
        item.gsi1pk, item.gsi1sk = f"EVENT#{event.id}", "EVENT"
        item.expires_at = _expiry(event.updated_at)
        return item

    def read(self) -> AgentEvent:
        return AgentEvent(
            id=self.id,
            agent_id=self.agent_id,
            deployment_object_id=self.deployment_object_id,
            event_type=self.event_type,
            status=self.status,
            message=self.message,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def place(event: AgentEvent) -> str:
    """
    Where an event is kept among its agent's.
    """
    return f"{event.created_at.isoformat()}#{event.id}"


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


def of_agent(agent_id: UUID, at: datetime) -> list[AgentEvent]:
    """
    Those that have not expired, the newest first.
    """
    found = AgentEventItem.query(f"EVENTS#{agent_id}", scan_index_forward=False, consistent_read=True)
    return [item.read() for item in cast("Iterable[AgentEventItem]", found) if _lives(item, at)]


def find_event(id: UUID, at: datetime) -> AgentEvent | None:
    indexed = next(iter(listed(f"EVENT#{id}")), None)
    item = find(AgentEventItem, indexed.pk, indexed.sk) if indexed else None
    return item.read() if item and _lives(item, at) else None


def _lives(item: AgentEventItem, at: datetime) -> bool:
    """
    DynamoDB deletes an expired item when it gets round to it.
    """
    return bool(item.expires_at > at.timestamp())
