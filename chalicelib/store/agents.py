"""
Agents, as they are kept.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.domain.agents import ACTIVE, Agent, AgentChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.store import fleet, heartbeats, names, tallies
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.memory import REMEMBERED_FOR, Memory
from chalicelib.store.reads import find as find_item
from chalicelib.store.reads import listed
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together

LISTING = "AGENT"


class AgentItem(Item, discriminator="agent"):
    """
    pk AGENT#<id>, sk AGENT; gsi1 AGENT / created_at#id.
    """

    id = UUIDAttribute()
    name = UnicodeAttribute()
    cluster_name = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    deleted_at = MomentAttribute(null=True)
    pak_short = UnicodeAttribute(null=True)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(f"AGENT#{id}", "AGENT")

    @classmethod
    def of(cls, agent: Agent) -> Self:
        item = cls(f"AGENT#{agent.id}", "AGENT", **asdict(agent))
        item.gsi1pk, item.gsi1sk = LISTING, f"{agent.created_at.isoformat()}#{agent.id}"
        return item

    def read(self) -> Agent:
        return self.as_a(Agent)


_agents: Memory[UUID, Agent] = Memory(8192, REMEMBERED_FOR)

alive = present & AgentItem.deleted_at.does_not_exist()


def find(id: UUID) -> Agent | None:
    """
    A live agent; strongly consistent.
    """
    item = find_item(AgentItem, f"AGENT#{id}", "AGENT")
    return item.read() if item and item.deleted_at is None else None


def get(id: UUID) -> Agent:
    """
    Raises AgentNotFound, for a deleted one too.
    """
    agent = find(id)
    if agent is None:
        raise not_found(id)
    return agent


def recalled(ids: Collection[UUID], at: datetime) -> dict[UUID, Agent]:
    """
    Those of the agents that live, as they are now or were a minute ago.
    """
    return {id: agent for id, agent in _agents.read(ids, _read_agents, at).items() if agent.deleted_at is None}


def _read_agents(ids: Collection[UUID]) -> dict[UUID, Agent]:
    return {item.id: item.read() for item in AgentItem.batch_get([(f"AGENT#{id}", "AGENT") for id in ids])}


def all_live() -> list[Agent]:
    """
    In the order of their creation.
    """
    return [item.read() for item in listed(LISTING)]


def called(ids: Iterable[UUID]) -> dict[UUID, str]:
    """
    Of those that are there, deleted or not.
    """
    return {item.id: item.name for item in AgentItem.batch_get([(f"AGENT#{id}", "AGENT") for id in ids])}


def not_found(id: UUID) -> AgentNotFound:
    return AgentNotFound(f"Agent not found: {id}")


def _changed(agent: Agent) -> Conflict:
    return Conflict(f"agent {agent.id} was changed by somebody else meanwhile; try again")


def _name_taken(name: str, cluster_name: str) -> UniqueViolation:
    return UniqueViolation(
        f"an agent named {name!r} is there already in cluster {cluster_name!r}", constraint="unique_agent_cluster"
    )


def add(together: Together, agent: Agent) -> None:
    key = names.agent_key(agent.name, agent.cluster_name)
    names.take(together, key, agent.id, _name_taken(agent.name, agent.cluster_name))
    together.add(AgentItem.of(agent))
    heartbeats.expect(together, agent.id)
    tallies.count_agent(together, agent.id, was_active=False, is_active=agent.is_active)


def check_alive(together: Together, id: UUID, refused: Exception) -> None:
    together.check(AgentItem.at(id), alive, refused)


def change(together: Together, old: Agent, change: AgentChange, at: datetime) -> None:
    """
    Write what the change gives, on condition that the name is still the one that was read, and the status too where
    the change gives one: it is counted.
    """
    name, cluster_name = change.name or old.name, change.cluster_name or old.cluster_name
    held, wanted = names.agent_key(old.name, old.cluster_name), names.agent_key(name, cluster_name)
    _agents.forget(old.id)
    names.move(together, held, wanted, old.id, _name_taken(name, cluster_name))
    actions = [
        AgentItem.name.set(name),
        AgentItem.cluster_name.set(cluster_name),
        AgentItem.updated_at.set(at),
    ]
    unchanged = alive & _same_name(old)
    if change.status is not None:
        actions.append(AgentItem.status.set(change.status))
        unchanged &= AgentItem.status == old.status
        tallies.count_agent(together, old.id, was_active=old.is_active, is_active=change.status == ACTIVE)
    together.update(AgentItem.at(old.id), actions, unchanged, _changed(old))


def replace_pak(together: Together, old: Agent, short: str, at: datetime) -> None:
    """
    On condition that no other rotation came first.
    """
    actions = [AgentItem.pak_short.set(short), AgentItem.updated_at.set(at)]
    together.update(AgentItem.at(old.id), actions, alive & _same_pak(old), _changed(old))


def bury(together: Together, agent: Agent, at: datetime) -> None:
    """
    On condition that name, PAK and status are still those that were read: what is freed, revoked and counted beside it
    is theirs.
    """
    _agents.forget(agent.id)
    names.free(together, names.agent_key(agent.name, agent.cluster_name))
    heartbeats.forget(together, agent.id)
    fleet.forget_agent(together, agent.id)
    tallies.count_agent(together, agent.id, was_active=agent.is_active, is_active=False)
    gone = [AgentItem.gsi1pk.remove(), AgentItem.gsi1sk.remove(), AgentItem.pak_short.remove()]
    together.update(
        AgentItem.at(agent.id),
        [AgentItem.deleted_at.set(at), AgentItem.updated_at.set(at), *gone],
        alive & _same_name(agent) & _same_pak(agent) & (AgentItem.status == agent.status),
        _changed(agent),
    )


def _same_name(old: Agent) -> Condition:
    same: Condition = (AgentItem.name == old.name) & (AgentItem.cluster_name == old.cluster_name)
    return same


def _same_pak(old: Agent) -> Condition:
    if old.pak_short is None:
        return AgentItem.pak_short.does_not_exist()
    return AgentItem.pak_short == old.pak_short
