"""
Heartbeats, as they are kept: apart from the agents, since every agent writes one every few seconds.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Self
from uuid import UUID

from pynamodb.attributes import BooleanAttribute

from chalicelib.domain.agents import Heartbeat, HeartbeatReport
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.settings import settings
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute, WholeNumberAttribute
from chalicelib.store.memory import Memory
from chalicelib.store.reads import find as find_item
from chalicelib.store.reads import partition
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together, patch

FLEET = "FLEET"


_beats: Memory[UUID, datetime] = Memory(8192, settings.agent_silence)


class HeartbeatItem(Item, discriminator="heartbeat"):
    """
    pk FLEET, sk HEARTBEAT#<agent>: in one partition, so that a page of the fleet reads all of them in a few units; in
    no index, so that a heartbeat is one small write. It is there, empty, from the agent's creation on.
    """

    agent_id = UUIDAttribute()
    last_heartbeat = MomentAttribute(null=True)
    k8s_reachable = BooleanAttribute(null=True)
    k8s_api_latency_ms = WholeNumberAttribute(null=True)
    k8s_reported_at = MomentAttribute(null=True)

    @classmethod
    def at(cls, agent_id: UUID) -> Self:
        return cls(FLEET, f"HEARTBEAT#{agent_id}")

    def read(self) -> Heartbeat | None:
        if self.last_heartbeat is None:
            return None
        return Heartbeat(self.last_heartbeat, self.k8s_reachable, self.k8s_api_latency_ms, self.k8s_reported_at)


def expect(together: Together, agent_id: UUID) -> None:
    """
    Make room for an agent's heartbeats: one without the room is refused, so a deleted agent's last one leaves nothing.
    """
    item = HeartbeatItem.at(agent_id)
    item.agent_id = agent_id
    together.add(item)


def forget(together: Together, agent_id: UUID) -> None:
    together.remove(HeartbeatItem.at(agent_id))


def find(agent_id: UUID) -> Heartbeat | None:
    item = find_item(HeartbeatItem, FLEET, f"HEARTBEAT#{agent_id}")
    return item.read() if item else None


def fleet() -> dict[UUID, Heartbeat | None]:
    """
    All heartbeats, by agent.
    """
    found = partition(FLEET, "HEARTBEAT#", consistent=False)
    return {item.agent_id: item.read() for item in found if isinstance(item, HeartbeatItem)}


def last_seen(agent_ids: Collection[UUID], at: datetime) -> dict[UUID, datetime]:
    """
    The last heartbeats of those that ever had one. One that proves that an agent is not silent is read once, and again
    when it proves that no more.
    """
    return _beats.read(agent_ids, _read_beats, at, since=lambda last: last)


def _read_beats(agent_ids: list[UUID]) -> dict[UUID, datetime]:
    items = HeartbeatItem.batch_get([(FLEET, f"HEARTBEAT#{id}") for id in agent_ids])
    return {item.agent_id: item.last_heartbeat for item in items if item.last_heartbeat}


def beat(agent_id: UUID, report: HeartbeatReport, at: datetime) -> None:
    """
    One write and no read. A latency that is not reported is forgotten; a report that says nothing of the API server
    leaves what the last one said. Raises AgentNotFound.
    """
    actions = [HeartbeatItem.last_heartbeat.set(at)]
    if report.k8s_reachable is not None:
        actions.append(HeartbeatItem.k8s_reachable.set(report.k8s_reachable))
        actions.append(HeartbeatItem.k8s_reported_at.set(at))
        latency, said = HeartbeatItem.k8s_api_latency_ms, report.k8s_api_latency_ms
        actions.append(latency.remove() if said is None else latency.set(said))
    if not patch(HeartbeatItem.at(agent_id), actions, present):
        raise AgentNotFound(f"there is no agent {agent_id}")
