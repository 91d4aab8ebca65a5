"""
What an agent was given of each stack, and what it last reported of it.
"""

from collections.abc import Collection
from typing import Self
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from chalicelib.domain.agents import Given, LastReport
from chalicelib.store.attributes import UUIDAttribute, WholeNumberAttribute
from chalicelib.store.faults import is_refused
from chalicelib.store.reads import find as find_item
from chalicelib.store.table import Item, absent, present
from chalicelib.store.writes import Together, patch


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


def last_reports(stack_id: UUID, agent_ids: Collection[UUID]) -> dict[UUID, LastReport]:
    """
    What each of the agents last reported of a stack.
    """
    keys = [(f"AGENT#{agent_id}", f"GIVEN#{stack_id}") for agent_id in agent_ids]
    found = [item.read() for item in GivenItem.batch_get(keys)] if keys else []
    return {one.agent_id: one.last_report for one in found if one.last_report}


class GivenAnew(Exception):
    """
    The agent was given the stack anew meanwhile, or has given it back: what was to be put on record is of the past.
    """


def give(agent_id: UUID, stack_id: UUID, withdrawal_id: UUID) -> None:
    """
    Put on record that an agent is about to be served a stack, and nothing reported of it yet. A record that is there
    stays.
    """
    try:
        _new(agent_id, stack_id, withdrawal_id).save(absent)
    except PutError as error:
        if not is_refused(error):
            raise


def give_again(together: Together, given: Given, withdrawal_id: UUID) -> None:
    """
    The same after a withdrawal: the old record goes. Refused with GivenAnew.
    """
    item = _new(given.agent_id, given.stack_id, withdrawal_id)
    together.put(item, absent | _is(given), GivenAnew())


def withdraw(together: Together, given: Given) -> None:
    """
    Put on record that an agent is about to be shown a withdrawal. Refused with GivenAnew.
    """
    item = GivenItem.at(given.agent_id, given.stack_id)
    together.update(item, [GivenItem.is_withdrawn.set(True)], _is(given), GivenAnew())


def take_back(together: Together, given: Given) -> None:
    """
    Forget that an agent was served a stack. Refused with GivenAnew.
    """
    together.remove(GivenItem.at(given.agent_id, given.stack_id), GivenAnew(), _is(given))


def _new(agent_id: UUID, stack_id: UUID, withdrawal_id: UUID) -> GivenItem:
    item = GivenItem.at(agent_id, stack_id)
    item.agent_id, item.stack_id, item.withdrawal_id = agent_id, stack_id, withdrawal_id
    return item


def _is(given: Given) -> Condition:
    same: Condition = GivenItem.withdrawal_id == given.withdrawal_id
    return same


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
