"""
Telemetry: take what agents pass on of a stack, and show it for six hours.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from chalicelib import system
from chalicelib.domain.principals import Principal, require_agent_itself
from chalicelib.domain.telemetry import (
    INTERVAL,
    RETENTION,
    TOLERATED,
    K8sEvent,
    LogGap,
    PodLogLine,
    Received,
    Telemetry,
)
from chalicelib.errors.forbidden import AgentNotAssociated
from chalicelib.errors.protocol import TooManyRequests
from chalicelib.services import stacks
from chalicelib.store import given_stacks, telemetry


def report(
    caller: Principal,
    agent_id: UUID,
    batch: Telemetry,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> None:
    """
    Keep a batch whole or refuse it whole. One that comes too early is told by a read, since DynamoDB bills a refused
    write like any other; of two at once, one is refused by the write.
    """
    require_agent_itself(caller, agent_id)
    at, stack_ids = now(), batch.stack_ids
    if not stack_ids:
        return
    last = telemetry.find_last_sent(agent_id)
    if last and at - last < TOLERATED:
        raise _too_early(at, last)
    _require_given(agent_id, stack_ids)
    if not telemetry.note_sent(agent_id, at):
        raise _too_early(at, at)
    telemetry.add(agent_id, batch, at, new_id)


def _too_early(at: datetime, last: datetime) -> TooManyRequests:
    """
    Another batch of the same moment may have come later, and been taken first.
    """
    wait = math.ceil(min(INTERVAL, last + INTERVAL - at).total_seconds())
    return TooManyRequests(
        f"telemetry is taken once in {INTERVAL.seconds} seconds from an agent: send what there is then in one request",
        retry_after=wait,
    )


def _require_given(agent_id: UUID, stack_ids: set[UUID]) -> None:
    strange = sorted(map(str, stack_ids - given_stacks.given(agent_id, stack_ids)))
    if strange:
        raise AgentNotAssociated(f"stack_id: this agent was never given {', '.join(strange[:3])}", stack_ids=strange)


def events(
    caller: Principal, stack_id: UUID, since: datetime | None, limit: int, *, now: system.Now = system.now
) -> Iterator[Received[K8sEvent]]:
    """
    A stack's Kubernetes events, the newest first, read as they are asked for.
    """
    stacks.get_stack(caller, stack_id)
    return telemetry.events(stack_id, _since(since, now()), limit)


def log(
    caller: Principal, stack_id: UUID, since: datetime | None, limit: int, *, now: system.Now = system.now
) -> Iterator[Received[PodLogLine | LogGap]]:
    """
    The last lines of a stack's pods, and the gaps between them, the newest first, read as they are asked for.
    """
    stacks.get_stack(caller, stack_id)
    return telemetry.log(stack_id, _since(since, now()), limit)


def _since(since: datetime | None, at: datetime) -> datetime:
    """
    DynamoDB deletes an expired item when it gets round to it.
    """
    oldest = at - RETENTION
    return max(since, oldest) if since else oldest
