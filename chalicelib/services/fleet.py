"""
The fleet: for each agent what a reader needs to judge whether it is well.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from chalicelib import system
from chalicelib.domain.fleet import FleetRecord, FleetStatus, HealthCounts, Member
from chalicelib.domain.principals import Principal, require_admin
from chalicelib.domain.target_state import is_pending
from chalicelib.services.association import newest, stacks_of_each
from chalicelib.store import agent_events, agents
from chalicelib.store import members as kept

RECENT_EVENTS = 20


def list_fleet(
    caller: Principal, generator_id: UUID | None = None, *, now: system.Now = system.now
) -> list[FleetRecord]:
    """
    Every agent, in the order of creation; or those that are registered with a generator.
    """
    require_admin(caller)
    members = kept.all_live()
    if generator_id is not None:
        members = [member for member in members if generator_id in member.profile.scope.generators]
    return _records(members, now())


def fleet_status(caller: Principal, agent_id: UUID, *, now: system.Now = system.now) -> FleetStatus:
    """
    One agent, and the last that it said.
    """
    require_admin(caller)
    member, at = kept.find(agent_id), now()
    if member is None:
        raise agents.not_found(agent_id)
    [record] = _records([member], at)
    events = agent_events.of_agent(agent_id, at, page_size=RECENT_EVENTS)
    return FleetStatus(record, list(islice(events, RECENT_EVENTS)))


def _records(members: Sequence[Member], at: datetime) -> list[FleetRecord]:
    """
    Pointers say what is newest, profiles say what was reported: no text is read, and no stack twice. What has left an
    agent, or is to go by a marker, is not well or unwell there, whenever the last word on it came.
    """
    serving = stacks_of_each(member.profile.scope for member in members)
    served = {stack.id: stack for stacks in serving for stack in stacks}
    heads = {revision.stack_id: revision for revision in newest(served.values())}
    records = []
    for member, stacks in zip(members, serving, strict=True):
        answered = member.profile.answered
        due = [heads[stack.id] for stack in stacks if stack.id in heads]
        pending = sum(is_pending(revision, answered.get(revision.stack_id)) for revision in due)
        health = HealthCounts.among(member.unwell, {one.stack_id for one in due if not one.is_marker})
        records.append(FleetRecord(member=member, pending_objects=pending, health=health, at=at))
    return records
