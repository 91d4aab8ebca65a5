"""
What each agent says of each deployment object, as it is kept: with the stack, revision by revision.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Self, cast
from uuid import UUID

from msgspec.structs import replace
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.domain.deployment_health import Health, HealthRecord
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.rollout import Outcome, Said
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.packed import PackedAttribute
from chalicelib.store.reads import partition
from chalicelib.store.table import Item
from chalicelib.store.writes import patch

LIFE = timedelta(days=30)
PREFIX = "ROLLOUT#"


class RolloutItem(Item, discriminator="rollout"):
    """
    pk STACK#<id>, sk ROLLOUT#<sequence>#<agent>: written by that agent's reports alone, so its halves never race.
    """

    agent_id = UUIDAttribute()
    object_id = UUIDAttribute()
    outcome_succeeded = BooleanAttribute(null=True)
    outcome_since = MomentAttribute(null=True)
    outcome_event = UnicodeAttribute(null=True)
    applied_at = MomentAttribute(null=True)
    health_status = UnicodeAttribute(null=True)
    health_since = MomentAttribute(null=True)
    health_created_at = MomentAttribute(null=True)
    health_checked_at = MomentAttribute(null=True)
    health_reported_at = MomentAttribute(null=True)
    health_summary = PackedAttribute(null=True)

    @classmethod
    def at(cls, revision: Revision, agent_id: UUID) -> Self:
        return cls(f"STACK#{revision.stack_id}", f"{_of_revision(revision)}{agent_id}")

    def said(self) -> Said:
        outcome = self.as_a(Outcome, "outcome_") if self.outcome_since else None
        health = self.as_a(Health, "health_") if self.health_status else None
        return Said(outcome=outcome, applied_at=self.applied_at, health=health)

    def records(self) -> Iterator[HealthRecord]:
        if self.health_status:
            yield self.as_a(HealthRecord, health=self.as_a(Health, "health_"))


def _of_revision(revision: Revision) -> str:
    return f"{PREFIX}{revision.sequence_id:020}#"


def said_of(revision: Revision) -> dict[UUID, Said]:
    """
    Everything that every agent said of one revision.
    """
    items = partition(f"STACK#{revision.stack_id}", _of_revision(revision), consistent=False)
    return {item.agent_id: item.said() for item in items if isinstance(item, RolloutItem)}


def note_outcome(revision: Revision, agent_id: UUID, outcome: Outcome, *, again: bool) -> None:
    """
    Keep what became of applying a revision. One that failed `again` has failed since it first did, and now has another
    event to say why.
    """
    since = RolloutItem.outcome_since
    actions = [
        RolloutItem.outcome_succeeded.set(outcome.succeeded),
        since.set(since | outcome.since if again else outcome.since),
        RolloutItem.outcome_event.set(outcome.event),
    ]
    if outcome.succeeded:
        actions.append(RolloutItem.applied_at.set(RolloutItem.applied_at | outcome.since))
    latest = since.does_not_exist() | (since <= outcome.since)
    patch(RolloutItem.at(revision, agent_id), [*_marks(revision, agent_id, outcome.since), *actions], latest)


def forget(revision: Revision, agent_id: UUID) -> None:
    """
    What an agent has removed it has to apply again before it is said to be there.
    """
    RolloutItem.at(revision, agent_id).delete()


def health_by(agent_id: UUID, revisions: Iterable[Revision]) -> dict[UUID, Health]:
    """
    What an agent last said of these, by object; strongly consistent, since the next report is measured against it.
    """
    places = [RolloutItem.at(revision, agent_id) for revision in revisions]
    found = RolloutItem.batch_get([(item.pk, item.sk) for item in places], consistent_read=True) if places else ()
    return {record.object_id: record.health for item in found for record in item.records()}


def health_of(revision: Revision) -> list[HealthRecord]:
    """
    Every agent's word on one deployment object.
    """
    items = _newest_first(f"STACK#{revision.stack_id}", _of_revision(revision))
    return [record for item in items for record in item.records()]


def health_in(stack_id: UUID) -> Iterator[HealthRecord]:
    """
    Every agent's word on the deployment objects of a stack, from the newest object on, read as they are asked for.
    """
    moved_on = set[UUID]()
    for item in _newest_first(f"STACK#{stack_id}", PREFIX):
        yield from (replace(record, is_former=item.agent_id in moved_on) for record in item.records())
        if item.applied_at or item.health_status:
            moved_on.add(item.agent_id)


def _newest_first(pk: str, prefix: str) -> Iterable[RolloutItem]:
    found = RolloutItem.query(pk, RolloutItem.sk.startswith(prefix), scan_index_forward=False)
    return cast("Iterable[RolloutItem]", found)


def note_health(revision: Revision, agent_id: UUID, health: Health) -> None:
    """
    Keep what an agent says of an object's health, unless it has said something later already.
    """
    summary = RolloutItem.health_summary
    actions = [
        RolloutItem.health_status.set(health.status),
        RolloutItem.health_since.set(health.since),
        RolloutItem.health_created_at.set(health.created_at),
        RolloutItem.health_checked_at.set(health.checked_at),
        RolloutItem.health_reported_at.set(health.reported_at),
        summary.set(health.summary) if health.summary else summary.remove(),
    ]
    earlier = RolloutItem.health_checked_at <= health.checked_at
    latest = RolloutItem.health_checked_at.does_not_exist() | earlier
    item = RolloutItem.at(revision, agent_id)
    patch(item, [*_marks(revision, agent_id, health.reported_at), *actions], latest)


def _marks(revision: Revision, agent_id: UUID, at: datetime) -> list[Action]:
    """
    What an item has from its first update on, which PynamoDB does not write by itself.
    """
    return [
        RolloutItem.kind.set(RolloutItem),
        RolloutItem.agent_id.set(agent_id),
        RolloutItem.object_id.set(revision.id),
        RolloutItem.expires_at.set(int((at + LIFE).timestamp())),
    ]
