"""
How many agents and stacks there are, kept where they come and go: knowing it is one small query, whatever their number.

Sixteen items share a count, by the first digit of an id, so that those who create at the same time seldom meet.
"""

from typing import Self
from uuid import UUID

from chalicelib.domain.counts import Counts
from chalicelib.store.attributes import WholeNumberAttribute
from chalicelib.store.reads import partition
from chalicelib.store.table import Item
from chalicelib.store.writes import Together

TALLY = "TALLY"


class TallyItem(Item, discriminator="tally"):
    """
    pk TALLY, sk <first digit of an id>.
    """

    active_agents = WholeNumberAttribute(default=0)
    stacks = WholeNumberAttribute(default=0)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(TALLY, str(id)[0])


def count_agent(together: Together, id: UUID, *, was_active: bool, is_active: bool) -> None:
    if was_active != is_active:
        by = 1 if is_active else -1
        together.update(TallyItem.at(id), [TallyItem.kind.set(TallyItem), TallyItem.active_agents.add(by)])


def count_stack(together: Together, id: UUID, by: int) -> None:
    together.update(TallyItem.at(id), [TallyItem.kind.set(TallyItem), TallyItem.stacks.add(by)])


def counts() -> Counts:
    """
    Eventually consistent.
    """
    kept = [item for item in partition(TALLY, consistent=False) if isinstance(item, TallyItem)]
    return Counts(sum(item.active_agents or 0 for item in kept), sum(item.stacks or 0 for item in kept))
