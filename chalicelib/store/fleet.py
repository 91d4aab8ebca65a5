"""
What is kept of all agents in one partition, so that a look at the fleet is one query.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pynamodb.attributes import UnicodeSetAttribute
from pynamodb.expressions.update import Action

from chalicelib.domain.deployment_health import DEGRADED, FAILING
from chalicelib.settings import settings
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.heartbeats import FLEET
from chalicelib.store.table import Item, Together, find, patch


class AgentHealthItem(Item, discriminator="agent_health"):
    """
    pk FLEET, sk HEALTH#<agent>: of which stacks an agent last said that they fail or are degraded, and when it last
    said anything of health. Written by that agent's reports alone.
    """

    agent_id = UUIDAttribute()
    failing = UnicodeSetAttribute(null=True)
    degraded = UnicodeSetAttribute(null=True)
    reported_at = MomentAttribute()

    @classmethod
    def at(cls, agent_id: UUID) -> Self:
        return cls(FLEET, f"HEALTH#{agent_id}")

    def stacks(self, status: str) -> set[str]:
        kept = {FAILING: self.failing, DEGRADED: self.degraded}
        return set(kept[status] or ())


def note_health(agent_id: UUID, said: Mapping[UUID, str], at: datetime) -> None:
    """
    Keep what an agent says of its stacks, by their ids: one write, and only where it changes something or the last one
    is older than a third of the threshold.
    """
    kept = find(AgentHealthItem, FLEET, f"HEALTH#{agent_id}") or AgentHealthItem.at(agent_id)
    spoken = {str(id) for id in said}
    change: list[Action] = []
    for status, attribute in ((FAILING, AgentHealthItem.failing), (DEGRADED, AgentHealthItem.degraded)):
        before = kept.stacks(status)
        after = (before - spoken) | {str(id) for id, one in said.items() if one == status}
        if after != before:
            change.append(attribute.set(after) if after else attribute.remove())
    if change or kept.reported_at is None or at - kept.reported_at >= settings.agent_silence / 3:
        last = AgentHealthItem.reported_at.does_not_exist() | (AgentHealthItem.reported_at <= at)
        patch(AgentHealthItem.at(agent_id), [*_marks(agent_id), AgentHealthItem.reported_at.set(at), *change], last)


def _marks(agent_id: UUID) -> list[Action]:
    """
    What an item has from its first update on, which PynamoDB does not write by itself.
    """
    return [AgentHealthItem.kind.set(AgentHealthItem), AgentHealthItem.agent_id.set(agent_id)]


def forget_agent(together: Together, agent_id: UUID) -> None:
    together.remove(AgentHealthItem.at(agent_id))


def forget_health(agent_id: UUID, stack_id: UUID) -> None:
    """
    A stack that has left an agent fails there no more.
    """
    gone = [AgentHealthItem.failing.delete({str(stack_id)}), AgentHealthItem.degraded.delete({str(stack_id)})]
    named = AgentHealthItem.failing.contains(str(stack_id)) | AgentHealthItem.degraded.contains(str(stack_id))
    patch(AgentHealthItem.at(agent_id), gone, named)
