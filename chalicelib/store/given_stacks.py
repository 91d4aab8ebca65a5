"""
What an agent was given of each stack, and what it last reported of it.
"""

from collections.abc import Collection
from typing import Self
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError

from chalicelib.domain.agents import Given, LastReport
from chalicelib.store.attributes import UUIDAttribute, WholeNumberAttribute
from chalicelib.store.table import Item, absent, is_refused, patch, present
from chalicelib.store.table import find as find_item


class GivenItem(Item, discriminator="given"):
    """
    pk AGENT#<id>, sk GIVEN#<stack>: written before the agent is first served anything of the stack.
    """

    agent_id = UUIDAttribute()
    stack_id = UUIDAttribute()
    withdrawal_id = UUIDAttribute()
    is_withdrawn = BooleanAttribute(null=True)
    reported_object_id = UUIDAttribute(null=True)
    reported_sequence_id = WholeNumberAttribute(null=True)
    reported_status = UnicodeAttribute(null=True)
    reported_event = UnicodeAttribute(null=True)
    reported_digest = UnicodeAttribute(null=True)

    @classmethod
    def at(cls, agent_id: UUID, stack_id: UUID) -> Self:
        return cls(f"AGENT#{agent_id}", f"GIVEN#{stack_id}")

    def read(self) -> Given:
        last_report = self.as_a(LastReport, "reported_") if self.reported_object_id else None
        return self.as_a(Given, is_withdrawn=bool(self.is_withdrawn), last_report=last_report)


def find(agent_id: UUID, stack_id: UUID) -> Given | None:
    item = find_item(GivenItem, f"AGENT#{agent_id}", f"GIVEN#{stack_id}")
    return item.read() if item else None


def given(agent_id: UUID, stack_ids: Collection[UUID]) -> set[UUID]:
    """
    Those of the stacks of which the agent was given anything; strongly consistent.
    """
    keys = [(f"AGENT#{agent_id}", f"GIVEN#{stack_id}") for stack_id in stack_ids]
    return {item.stack_id for item in GivenItem.batch_get(keys, consistent_read=True)} if keys else set()


def give(agent_id: UUID, stack_id: UUID, withdrawal_id: UUID, *, again: Given | None = None) -> None:
    """
    Put on record that an agent is about to be served a stack, and nothing reported of it yet. A record that is there
    stays, unless it is the one after which the agent is served the stack `again`.
    """
    item = GivenItem.at(agent_id, stack_id)
    item.agent_id, item.stack_id, item.withdrawal_id = agent_id, stack_id, withdrawal_id
    try:
        item.save(absent | (GivenItem.withdrawal_id == again.withdrawal_id) if again else absent)
    except PutError as error:
        if not is_refused(error):
            raise


def withdraw(given: Given) -> None:
    """
    Put on record that an agent is about to be shown a withdrawal, unless it was given the stack anew meanwhile.
    """
    same = GivenItem.withdrawal_id == given.withdrawal_id
    patch(GivenItem.at(given.agent_id, given.stack_id), [GivenItem.is_withdrawn.set(True)], same)


def take_back(given: Given) -> None:
    """
    Forget that an agent was served a stack, unless it was given it anew meanwhile.
    """
    try:
        GivenItem.at(given.agent_id, given.stack_id).delete(GivenItem.withdrawal_id == given.withdrawal_id)
    except DeleteError as error:
        if not is_refused(error):
            raise


def note_report(given: Given, report: LastReport) -> None:
    """
    Keep what an agent last reported of a stack, and touch nothing else of the record, which a poll may be changing. A
    report on an older object than the last one's is not the last.
    """
    said = [
        GivenItem.reported_object_id.set(report.object_id),
        GivenItem.reported_sequence_id.set(report.sequence_id),
        GivenItem.reported_status.set(report.status),
        GivenItem.reported_event.set(report.event),
        GivenItem.reported_digest.set(report.digest),
    ]
    last = GivenItem.reported_sequence_id.does_not_exist() | (GivenItem.reported_sequence_id <= report.sequence_id)
    patch(GivenItem.at(given.agent_id, given.stack_id), said, present & last)
