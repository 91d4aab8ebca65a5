"""
Agent events: what agents say became of what they were given.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from msgspec.structs import asdict, replace

from chalicelib import system
from chalicelib.domain import target_state as rules
from chalicelib.domain.agents import Given, LastReport
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.events import AgentEvent, NewAgentEvent, Page
from chalicelib.domain.principals import Principal, require_admin, require_admin_or_agent
from chalicelib.domain.rollout import Outcome
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentEventNotFound
from chalicelib.services.given_stacks import take_back
from chalicelib.services.target_state import find_stack
from chalicelib.store import (
    agent_events,
    agent_files,
    agents,
    deployment_objects,
    fleet,
    generators,
    given_stacks,
    profiles,
    rollouts,
    stacks,
)

EVERYTHING = Page()


def events(
    caller: Principal, agent_id: UUID, page: Page = EVERYTHING, *, now: system.Now = system.now
) -> Iterator[AgentEvent]:
    """
    An agent's, the newest first, read as they are asked for.
    """
    require_admin_or_agent(caller, agent_id)
    return _newest_first([agent_id] if agents.find(agent_id) else [], page, now())


def all_events(
    caller: Principal,
    generator_id: UUID | None = None,
    page: Page = EVERYTHING,
    *,
    now: system.Now = system.now,
) -> Iterator[AgentEvent]:
    """
    Those of all agents, or of those that are registered with a generator, the newest first, read as they are asked for.
    """
    require_admin(caller)
    reporting = [agent.id for agent in agents.all_live()]
    if generator_id is not None:
        registered = {registration.agent_id for registration in generators.registrations(generator_id)}
        reporting = [id for id in reporting if id in registered]
    return _newest_first(reporting, page, now())


def _newest_first(agent_ids: Collection[UUID], page: Page, at: datetime) -> Iterator[AgentEvent]:
    before = agent_events.find_event(page.before, at) if page.before else None
    if page.before and (before is None or before.agent_id not in agent_ids):
        raise AgentEventNotFound(f"before: there is no agent event {page.before} here, or no longer")
    each = [agent_events.of_agent(id, at, before=before, page_size=page.limit) for id in agent_ids]
    return islice(merge(*each, key=agent_events.place, reverse=True), page.limit)


def get_event(caller: Principal, id: UUID, *, now: system.Now = system.now) -> AgentEvent:
    require_admin(caller)
    event = agent_events.find_event(id, now())
    if event is None or agents.find(event.agent_id) is None:
        raise AgentEventNotFound(f"there is no agent event {id}")
    return event


def report(
    caller: Principal,
    agent_id: UUID,
    new: NewAgentEvent,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> AgentEvent:
    """
    Keep what an agent says. What it said last of the same stack, said again, refreshes that event. Once it has removed
    a stack that it no longer should have, the stack is no longer on record as given to it.
    """
    require_admin_or_agent(caller, agent_id)
    if new.agent_id != agent_id:
        raise AgentIdMismatch("agent_id in the body is not the agent in the path")
    if caller.is_admin and agents.find(agent_id) is None:
        raise ForeignKeyViolation(f"there is no agent {agent_id}", constraint="fk_agent")
    revision, given = _reported(agent_id, new.deployment_object_id)
    event = _say_again(given, new, now()) or _add(given, revision, new, new_id(), now())
    if given and new.succeeded and _is_removal(revision, given):
        take_back(given)
        fleet.forget_health(agent_id, given.stack_id)
        rollouts.forget(revision, agent_id)
    return event


def _reported(agent_id: UUID, object_id: UUID) -> tuple[Revision, Given | None]:
    """
    What a report is about, and the agent's record of that stack.
    """
    revision = deployment_objects.find_revision(object_id)
    if revision:
        return revision, given_stacks.find(agent_id, revision.stack_id)
    file = agent_files.read(agent_id, consistent=True)
    given = next((one for one in file.given if one.withdrawal_id == object_id), None)
    stack = find_stack(given.stack_id) if given else None
    marker = rules.withdrawal(given, stack) if given and stack else None
    if marker is None:
        raise ForeignKeyViolation(f"there is no deployment object {object_id}", constraint="fk_deployment_object")
    return marker, given


def _say_again(given: Given | None, new: NewAgentEvent, at: datetime) -> AgentEvent | None:
    last = given.last_report if given else None
    return agent_events.refresh(new.agent_id, last.event, at) if last and last.digest == new.digest else None


def _add(given: Given | None, revision: Revision, new: NewAgentEvent, id: UUID, at: datetime) -> AgentEvent:
    event = AgentEvent(id=id, **asdict(new), created_at=at, updated_at=at)
    agent_events.add(event)
    _note_outcome(given, revision, event)
    last = LastReport(
        object_id=new.deployment_object_id,
        sequence_id=revision.sequence_id,
        status=new.status,
        event=agent_events.place(event),
        digest=new.digest,
    )
    is_last = given and (given.last_report is None or given.last_report.sequence_id <= last.sequence_id)
    profiles.note_report(new.agent_id, at, replace(given, last_report=last) if given and is_last else None)
    if given:
        given_stacks.note_report(given, last)
    return event


def _note_outcome(given: Given | None, revision: Revision, event: AgentEvent) -> None:
    """
    For whoever watches the rollout. A success after a success is no news to them, and a withdrawal is none of theirs.
    What a marker took away fails no more.
    """
    last = given.reported(revision.id) if given else None
    is_withdrawal = given is not None and revision.id == given.withdrawal_id
    is_news = event.failed or (event.succeeded and not (last and last.succeeded))
    if is_news and not is_withdrawal:
        outcome = Outcome(succeeded=event.succeeded, since=event.created_at, event=agent_events.place(event))
        again = last is not None and last.failed and event.failed
        rollouts.note_outcome(revision, event.agent_id, outcome, again=again)
        if revision.is_marker and event.succeeded:
            fleet.forget_health(event.agent_id, revision.stack_id)


def _is_removal(revision: Revision, given: Given) -> bool:
    """
    Whether carrying this out leaves the agent without the stack for good: its withdrawal, or the last marker of a stack
    that is dead. A marker that was pushed while the stack lived does not, whenever the word on it comes.
    """
    if revision.id == given.withdrawal_id:
        return True
    stack = stacks.find_any(revision.stack_id) if revision.is_marker else None
    return stack is not None and not stack.is_live and stack.newest == revision.pointer
