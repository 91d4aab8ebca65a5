"""
How a revision fares in each agent that serves its stack: for the one who pushed it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from chalicelib import system
from chalicelib.domain.agents import LastReport
from chalicelib.domain.confirmations import renewed
from chalicelib.domain.deployment_health import HealthSummary
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.principals import Principal
from chalicelib.domain.rollout import NOTHING, AgentRollout, Outcome, Part, Rollout, Said, State, error_lines
from chalicelib.domain.stacks import Stack
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import DeploymentObjectNotFound
from chalicelib.services.serving import Server, serving
from chalicelib.settings import settings
from chalicelib.store import (
    agent_events,
    deployment_objects,
    fleet,
    given_stacks,
    heartbeats,
    rollouts,
    stacks,
    targets,
)
from chalicelib.store.memory import Memory

_errors_of_events: Memory[tuple[UUID, str], list[str]] = Memory(256)


def rollout(
    caller: Principal, stack_id: UUID, object_id: UUID | None = None, *, now: system.Now = system.now
) -> Rollout:
    """
    Of the object that is asked for, or of the newest. Where none is named, what was pushed a moment ago is meant, so
    the stack is read with strong consistency then.
    """
    at = now()
    stack, targeted = targets.stack_and_agents(stack_id, consistent=object_id is None)
    if stack is None or not stack.is_live:
        raise stacks.not_found(stack_id)
    if not caller.owns(stack.generator_id):
        raise StackNotOwned(f"stack {stack_id} belongs to another generator")
    newest = _newest(stack)
    revision = _asked(stack_id, object_id) if object_id else newest
    if revision is None:
        raise DeploymentObjectNotFound(f"nothing was pushed to stack {stack_id} yet")
    last = max(revision.sequence_id, newest.sequence_id if newest else 0)
    found = serving(stack, targeted, at)
    told = _told(revision, found.servers, at, is_newest=last == revision.sequence_id)
    return Rollout(revision=revision, newest_sequence_id=last, agents=told, unregistered=found.unregistered, at=at)


def _newest(stack: Stack) -> Revision | None:
    """
    As a poll finds it, where a push may have died between its entry and the pointer.
    """
    found = deployment_objects.newest(stack.id) if stack.may_lag else None
    return found or (Revision.of(stack.id, stack.newest) if stack.newest else None)


def _asked(stack_id: UUID, object_id: UUID) -> Revision:
    revision = deployment_objects.find_revisions([object_id]).get(object_id)
    if revision is None or revision.stack_id != stack_id:
        raise DeploymentObjectNotFound(f"deployment_object_id: stack {stack_id} has no deployment object {object_id}")
    return revision


def _told(revision: Revision, servers: Collection[Server], at: datetime, *, is_newest: bool) -> list[AgentRollout]:
    """
    What is kept of a revision expires, and says nothing of later ones: where that may matter, each agent's last report
    on the stack is asked for too.
    """
    ids = [server.agent.id for server in servers]
    said, beats = _said(revision, ids, at), heartbeats.last_seen(ids, at)
    is_told = is_newest and at - revision.created_at < rollouts.LIFE
    reports = {} if is_told else given_stacks.last_reports(revision.stack_id, ids)
    told = []
    for server in servers:
        id = server.agent.id
        report = reports.get(id)
        part = Part(
            name=server.agent.name,
            cluster_name=server.agent.cluster_name,
            matched_by=server.matched_by,
            last_heartbeat=beats.get(id),
            said=_with(report, said.get(id, NOTHING), revision),
            moved_on_at=_moment(report) if report and report.sequence_id > revision.sequence_id else None,
        )
        state, since = part.standing(revision, at, settings.agent_silence)
        summary = part.summary(at, settings.agent_silence)
        errors = _errors(id, part, summary) if state is State.FAILED else ()
        told.append(AgentRollout(part=part, state=state, since=since, errors=errors, summary=summary))
    return sorted(told, key=lambda one: one.place)


def _said(revision: Revision, agent_ids: Collection[UUID], at: datetime) -> dict[UUID, Said]:
    """
    What agents said of a revision, and said again where the words themselves are out of date.
    """
    said = rollouts.said_of(revision)
    words = {id: said[id].health for id in agent_ids if id in said}
    stale = {id: health for id, health in words.items() if health and at - health.reported_at > settings.agent_silence}
    confirmed = fleet.last_confirmed(revision.id, stale, at)
    again = {id: renewed(revision.id, stale[id], [confirmation]) for id, confirmation in confirmed.items()}
    return said | {id: replace(said[id], health=health) for id, health in again.items()}


def _with(report: LastReport | None, said: Said, revision: Revision) -> Said:
    """
    What was said, from the last report on the stack where that is all that is left of it.
    """
    if said.outcome or report is None or report.object_id != revision.id:
        return said
    outcome = Outcome(succeeded=report.succeeded, since=_moment(report), event=report.event)
    return replace(said, outcome=outcome, applied_at=outcome.since if outcome.succeeded else None)


def _moment(report: LastReport) -> datetime:
    return agent_events.moment_of(report.event)


def _errors(agent_id: UUID, part: Part, summary: HealthSummary | None) -> Sequence[str]:
    """
    Why an agent failed: in the words of the event, or in those of its health.
    """
    outcome = part.said.outcome
    if outcome and not outcome.succeeded:
        event = agent_id, outcome.event
        return _errors_of_events.read([event], _read_errors)[event]
    return summary.problems() if summary else ()


def _read_errors(events: list[tuple[UUID, str]]) -> dict[tuple[UUID, str], list[str]]:
    return {event: error_lines(agent_events.message(*event)) for event in events}
