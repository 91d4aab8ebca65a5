"""
Targets: which agent serves which stack, kept on both sides.
"""

from typing import Self
from uuid import UUID

from msgspec.structs import asdict

from chalicelib.domain.agents import AgentTarget
from chalicelib.domain.stacks import Stack
from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.errors.not_found import AgentTargetNotFound
from chalicelib.store.attributes import UUIDAttribute
from chalicelib.store.reads import partition
from chalicelib.store.stacks import StackItem
from chalicelib.store.table import Item
from chalicelib.store.writes import Together


class TargetItem(Item, discriminator="target"):
    """
    pk AGENT#<id>, sk TARGET#<stack>, and again pk STACK#<id>, sk TARGET#<agent>.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    stack_id = UUIDAttribute()

    @classmethod
    def both(cls, target: AgentTarget) -> tuple[Self, Self]:
        fields = asdict(target)
        return (
            cls(f"AGENT#{target.agent_id}", f"TARGET#{target.stack_id}", **fields),
            cls(f"STACK#{target.stack_id}", f"TARGET#{target.agent_id}", **fields),
        )

    def read(self) -> AgentTarget:
        return self.as_a(AgentTarget)


def of_stack(stack_id: UUID) -> list[AgentTarget]:
    items = [item for item in partition(f"STACK#{stack_id}", "TARGET#") if isinstance(item, TargetItem)]
    return [item.read() for item in items]


def unlist(agent_id: UUID) -> None:
    """
    Let no stack find an agent by its targets, which stay its own.
    """
    with Item.batch_write() as batch:
        for item in partition(f"AGENT#{agent_id}", "TARGET#"):
            if isinstance(item, TargetItem):
                _, in_stack = TargetItem.both(item.read())
                batch.delete(in_stack)


def stack_and_agents(stack_id: UUID, *, consistent: bool) -> tuple[Stack | None, set[UUID]]:
    """
    A stack, deleted or not, and the agents that are targeted at it, in one query: they are neighbours.
    """
    items = list(partition(f"STACK#{stack_id}", between=("STACK", "TARGET$"), consistent=consistent))
    stack = next((item.read() for item in items if isinstance(item, StackItem)), None)
    return stack, {item.agent_id for item in items if isinstance(item, TargetItem)}


def add(together: Together, target: AgentTarget) -> None:
    agents, stacks = TargetItem.both(target)
    refused = UniqueViolation(
        f"agent {target.agent_id} targets stack {target.stack_id} already", constraint="unique_agent_stack"
    )
    together.add(agents, refused)
    together.put(stacks)


def remove(together: Together, agent_id: UUID, stack_id: UUID, *, must_exist: bool = False) -> None:
    refused = AgentTargetNotFound(f"agent {agent_id} does not target stack {stack_id}") if must_exist else None
    together.remove(TargetItem(f"AGENT#{agent_id}", f"TARGET#{stack_id}"), refused)
    together.remove(TargetItem(f"STACK#{stack_id}", f"TARGET#{agent_id}"))
