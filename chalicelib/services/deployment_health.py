"""
The health of deployment objects: what agents report, and what comes of it for an object and for a stack.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from uuid import UUID

from chalicelib import system
from chalicelib.domain.deployment_health import (
    Health,
    HealthRecord,
    HealthStatusUpdate,
    ObjectHealth,
    StackHealth,
)
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.principals import Principal, require_admin, require_admin_or_agent
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AgentNotAssociated
from chalicelib.services import target_state
from chalicelib.settings import settings
from chalicelib.store import agents, deployment_objects, fleet, given_stacks, rollouts, stacks

MOST_OBJECTS = 100


def report(caller: Principal, agent_id: UUID, said: HealthStatusUpdate, *, now: system.Now = system.now) -> None:
    """
    Keep what an agent says of its objects: all of it, or nothing where one of them is refused. What is older than the
    last word on an object changes nothing, and neither does the same word again while it is fresh.
    """
    require_admin_or_agent(caller, agent_id)
    if caller.is_admin and agents.find(agent_id) is None:
        raise _violation(f"there is no agent {agent_id}", "agent_id")
    at, latest = now(), said.latest()
    revisions = deployment_objects.find_revisions([one.id for one in latest])
    for one in latest:
        if one.id not in revisions:
            raise _violation(f"deployment_objects: there is no deployment object {one.id}", "deployment_object_id")
    before = rollouts.health_by(agent_id, revisions.values())
    _require_given(agent_id, [revision for revision in revisions.values() if revision.id not in before])
    for one in latest:
        known = before.get(one.id)
        if known is None or known.is_told_by(one, at, settings.agent_silence):
            rollouts.note_health(revisions[one.id], agent_id, Health.of(one, known, at))
    fresh = [one for one in latest if one.id not in before or not before[one.id].is_later_than(one)]
    in_order = sorted(fresh, key=lambda one: revisions[one.id].sequence_id)
    fleet.note_health(agent_id, {revisions[one.id].stack_id: one.status for one in in_order})


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
    records = _read(rollouts.health_of(revision), now()) if revision else []
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
    return StackHealth(id, [ObjectHealth(of_it[0].object_id, _read(of_it, at)) for of_it in reversed(newest)])


def _read(records: Iterable[HealthRecord], at: datetime) -> list[HealthRecord]:
    return [record.at(at, settings.agent_silence) for record in records]
