"""
What is kept of all agents in one partition, so that a look at the fleet is one query.
"""

from collections.abc import Mapping, Sequence
from typing import Self
from uuid import UUID

from pynamodb.expressions.update import Action

from chalicelib.domain.deployment_health import DEGRADED, FAILING
from chalicelib.domain.fleet import Unwell
from chalicelib.store.attributes import UUIDAttribute, UUIDsAttribute
from chalicelib.store.heartbeats import FLEET
from chalicelib.store.reads import find
from chalicelib.store.table import Item
from chalicelib.store.writes import Together, patch


class AgentHealthItem(Item, discriminator="agent_health"):
    """
    pk FLEET, sk HEALTH#<agent>: of which stacks an agent last said that they fail or are degraded. Written by that
    agent's reports alone, from the first such word on.
    """

    agent_id = UUIDAttribute()
    failing = UUIDsAttribute(null=True)
    degraded = UUIDsAttribute(null=True)

    @classmethod
    def at(cls, agent_id: UUID) -> Self:
        return cls(FLEET, f"HEALTH#{agent_id}")

    def read(self) -> Unwell:
        return Unwell(self.failing or frozenset(), self.degraded or frozenset())


SETS = {FAILING: AgentHealthItem.failing, DEGRADED: AgentHealthItem.degraded}


def note_health(agent_id: UUID, said: Mapping[UUID, str]) -> None:
    """
    Keep what an agent says of its stacks, by their ids: no write where it is no news, else one, but two where some
    stacks leave a set that others enter, which DynamoDB does not do in one.

    Only what differs is written, so requests at once lose nothing of each other. Of two words at once on one stack the
    earlier may stay, until the agent's next report of everything.
    """
    kept = find(AgentHealthItem, FLEET, f"HEALTH#{agent_id}")
    unwell = kept.read() if kept else Unwell()
    before = {FAILING: unwell.failing, DEGRADED: unwell.degraded}
    enter = {status: {id for id, word in said.items() if word == status} - before[status] for status in SETS}
    leave = {status: {id for id in before[status] if said.get(id, status) != status} for status in SETS}
    additions = [SETS[status].add(ids) for status, ids in enter.items() if ids]
    deletions = [SETS[status].delete(ids) for status, ids in leave.items() if ids]
    if any(enter[status] and leave[status] for status in SETS):
        _update(agent_id, deletions)
        _update(agent_id, additions)
    elif additions or deletions:
        _update(agent_id, [*deletions, *additions])


def _update(agent_id: UUID, actions: Sequence[Action]) -> None:
    """
    With what an item has from its first update on, which PynamoDB does not write by itself.
    """
    marks = [AgentHealthItem.kind.set(AgentHealthItem), AgentHealthItem.agent_id.set(agent_id)]
    patch(AgentHealthItem.at(agent_id), [*marks, *actions])


def forget_agent(together: Together, agent_id: UUID) -> None:
    together.remove(AgentHealthItem.at(agent_id))


def forget_health(agent_id: UUID, stack_id: UUID) -> None:
    """
    A stack that has left an agent fails there no more.
    """
    gone = [attribute.delete({stack_id}) for attribute in SETS.values()]
    named = AgentHealthItem.failing.contains(str(stack_id)) | AgentHealthItem.degraded.contains(str(stack_id))
    patch(AgentHealthItem.at(agent_id), gone, named)
