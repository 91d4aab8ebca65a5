"""
The health of deployment objects: what agents report, and what comes of it for an object and for a stack.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, groupby, islice
from operator import attrgetter
from uuid import UUID

from msgspec.structs import replace

from chalicelib import system
from chalicelib.domain.confirmations import Confirmation, confirming, renewed, write_units
from chalicelib.domain.deployment_health import (
    Health,
    HealthRecord,
    HealthStatusUpdate,
    ObjectHealth,
    StackHealth,
)
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.fleet import AgentHealth
from chalicelib.domain.principals import Principal, require_admin, require_admin_or_agent
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AgentNotAssociated
from chalicelib.services import target_state
from chalicelib.settings import settings
from chalicelib.store import agents, deployment_objects, fleet, given_stacks, rollouts, stacks

MOST_OBJECTS = 100

Confirmations = Mapping[UUID, Sequence[Confirmation]]


def report(caller: Principal, agent_id: UUID, said: HealthStatusUpdate, *, now: system.Now = system.now) -> None:
    """
    Keep what an agent says of its objects: all of it, or nothing where one of them is refused. What is older than the
    last word on an object changes nothing, and neither does the same word again while it is fresh.
    """
    require_admin_or_agent(caller, agent_id)
    if caller.is_admin and agents.find(agent_id) is None:
        raise _violation(f"there is no agent {agent_id}", "agent_id")
    at, latest = now(), said.latest()
    revisions = _revisions([one.id for one in latest])
    kept, written = fleet.find_health(agent_id), rollouts.health_by(agent_id, revisions.values())
    _require_given(agent_id, [revision for revision in revisions.values() if revision.id not in written])
    before = {id: renewed(id, health, kept.confirmed) for id, health in written.items()}
    fresh = [one for one in latest if one.id not in before or not before[one.id].is_later_than(one)]
    lasting = {id for id, health in written.items() if at - health.reported_at < rollouts.LIFE / 2}
    standing = {one.id: one.checked_at for one in fresh if one.id in lasting and before[one.id].still_says(one)}
    confirmed, singly = _confirm(standing, before, kept, at)
    for one in fresh:
        if one.id in singly or one.id not in standing:
            rollouts.note_health(revisions[one.id], agent_id, Health.of(one, before.get(one.id), at))
    in_order = sorted(fresh, key=lambda one: revisions[one.id].sequence_id)
    words = {revisions[one.id].stack_id: one.status for one in in_order}
    fleet.note_health(agent_id, kept, words, confirmed)


def _confirm(
    standing: Mapping[UUID, datetime], before: Mapping[UUID, Health], kept: AgentHealth, at: datetime
) -> tuple[list[Confirmation] | None, Collection[UUID]]:
    """
    How words that still hold, by when the agent looked, are kept fresh where any of them is due: all together, or each
    by itself as it falls due, where that takes no more for all of them.
    """
    due = [id for id in standing if before[id].is_to_renew(at, settings.agent_silence)]
    if not due:
        return None, ()
    together = confirming(kept.confirmed, standing, at, settings.agent_silence)
    units = write_units(together, len(kept.unwell or ()))
    return (together, ()) if units < len(standing) else (None, due)


def _revisions(ids: Collection[UUID]) -> Mapping[UUID, Revision]:
    found = deployment_objects.find_revisions(ids)
    for id in ids:
        if id not in found:
            raise _violation(f"deployment_objects: there is no deployment object {id}", "deployment_object_id")
    return found


def _violation(message: str, field: str) -> ForeignKeyViolation:
    return ForeignKeyViolation(message, constraint=f"deployment_health_{field}_fkey")


def _require_given(agent_id: UUID, revisions: Collection[Revision]) -> None:
    """
    That the agent was ever served these stacks, or would be now. Raises AgentNotAssociated.
    """
    asked = {revision.stack_id for revision in revisions}
    for stack_id in asked - given_stacks.given(agent_id, asked):
        stack = stacks.find_any(stack_id)
        if stack is None or not target_state.serves(agent_id, stack):
            raise AgentNotAssociated(f"deployment_objects: this agent was never given anything of stack {stack_id}")


def of_object(caller: Principal, id: UUID, *, now: system.Now = system.now) -> ObjectHealth:
    """
    What each agent says of an object, the last word first. Of one that is not there nobody says anything.
    """
    require_admin(caller)
    revision = deployment_objects.find_revision(id)
    said = rollouts.health_of(revision) if revision else []
    records = _read(said, _confirmed(said), now())
    return ObjectHealth(id, sorted(records, key=lambda one: one.health.checked_at, reverse=True))


def of_stack(caller: Principal, id: UUID, most: int = MOST_OBJECTS, *, now: system.Now = system.now) -> StackHealth:
    """
    The objects of a living stack that any agent has spoken of, the oldest first, and the newest of them alone where
    there are many: what was said of the others is long out of date.
    """
    require_admin(caller)
    at, stack = now(), stacks.find_any(id)
    said = rollouts.health_in(id) if stack and stack.is_live else iter(())
    newest = [list(of_it) for _, of_it in islice(groupby(said, key=attrgetter("object_id")), most)]
    confirmed = _confirmed(chain.from_iterable(newest))
    read = [ObjectHealth(of_it[0].object_id, _read(of_it, confirmed, at)) for of_it in reversed(newest)]
    return StackHealth(id, read)


def _confirmed(records: Iterable[HealthRecord]) -> Confirmations:
    return fleet.confirmations({one.agent_id for one in records if not one.is_former})


def _read(records: Iterable[HealthRecord], confirmed: Confirmations, at: datetime) -> list[HealthRecord]:
    """
    As they are to be read at that moment, each as fresh as its agent has confirmed it.
    """
    fresh = [(one, renewed(one.object_id, one.health, confirmed.get(one.agent_id, ()))) for one in records]
    return [replace(one, health=health).at(at, settings.agent_silence) for one, health in fresh]
