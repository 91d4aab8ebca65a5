"""
What an agent should have, and what it must remove.

Nothing is inferred from absence: what an agent was ever given of a stack is on record, and a stack that left it is
served as a deletion marker until the agent has reported the removal done.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from msgspec import Struct

from chalicelib import system
from chalicelib.domain import target_state as rules
from chalicelib.domain.agents import AgentFile, Given
from chalicelib.domain.association import Scope
from chalicelib.domain.deployment_objects import DeploymentObject, Revision
from chalicelib.domain.principals import Principal, require_admin_or_agent
from chalicelib.domain.stacks import Stack
from chalicelib.services import given_stacks as records
from chalicelib.services.association import heal, is_associated, newest, stacks_of
from chalicelib.store import agent_files, deployment_objects, stacks


class TargetState(Struct, frozen=True):
    """
    `objects` is None where the caller has this very state already. What stands beside them is of the agent itself, and
    no part of what the etag stands for; an agent that is not there has no status.
    """

    etag: str
    objects: list[DeploymentObject] | None
    status: str | None
    pending_diagnostics: int


def target_state(
    caller: Principal,
    agent_id: UUID,
    *,
    incremental: bool = False,
    content: bool = True,
    known: Callable[[str], bool] = lambda _: False,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> TargetState:
    """
    One deployment object per stack, the highest sequence first. An unchanged poll reads pointers only, and writes
    nothing.
    """
    require_admin_or_agent(caller, agent_id)
    file, due = _due(agent_id)
    given = {one.stack_id: one for one in file.given}
    served = rules.in_order(revision for revision in due if not rules.is_done(revision, given.get(revision.stack_id)))
    if incremental:
        served = rules.unreported(served, given)
    if caller.is_agent:
        records.note(agent_id, served, given, new_id)
    etag = rules.etag(served, f"{incremental}{content}")
    objects = None if known(etag) else _objects(served, content=content)
    return TargetState(etag, objects, file.agent.status if file.agent else None, file.pending_diagnostics(now()))


def _objects(served: list[Revision], *, content: bool) -> list[DeploymentObject]:
    if not content:
        return [DeploymentObject(revision, None) for revision in served]
    texts = deployment_objects.load_many(served)
    return [DeploymentObject(revision, texts[revision.id]) for revision in served]


def associated_stacks(caller: Principal, agent_id: UUID) -> list[Stack]:
    """
    The live stacks that an agent serves, by id.
    """
    require_admin_or_agent(caller, agent_id)
    return sorted(stacks_of(Scope.of(agent_files.read(agent_id))), key=lambda stack: stack.id)


def may_read(caller: Principal, stack: Stack) -> bool:
    """
    Whether an agent may read this stack's objects: what it is associated with, and what it has still to give back.
    """
    assert caller.id is not None
    return serves(caller.id, stack)


def serves(agent_id: UUID, stack: Stack) -> bool:
    """
    Whether an agent is associated with a living stack, or has a dead one still to give back.
    """
    file = agent_files.read(agent_id)
    if not stack.is_live:
        return any(one.stack_id == stack.id for one in file.given)
    return is_associated(Scope.of(file), stack)


def find_withdrawal(caller: Principal, id: UUID) -> Revision | None:
    """
    The marker that takes a living stack back from this agent, by its id.
    """
    if not (caller.is_agent and caller.id):
        return None
    for given in agent_files.read(caller.id).given:
        stack = find_stack(given.stack_id) if given.withdrawal_id == id else None
        if stack:
            return rules.withdrawal(given, stack)
    return None


def find_stack(id: UUID) -> Stack | None:
    """
    A stack, deleted or not, with its highest committed object; strongly consistent.
    """
    stack = stacks.find_any(id)
    return heal(stack) if stack else None


def _due(agent_id: UUID) -> tuple[AgentFile, list[Revision]]:
    """
    What is kept under the agent, and what it should have or give back, done or not.

    The index may lag and replicas may be behind, so a removal is never ordered before strongly consistent reads have
    confirmed it.
    """
    file = agent_files.read(agent_id)
    wanted = newest(stacks_of(Scope.of(file))) if file.agent else []
    kept = {revision.stack_id for revision in wanted}
    if any(one.stack_id not in kept for one in file.given):
        file = agent_files.read(agent_id, consistent=True)
    left = [one for one in file.given if one.stack_id not in kept]
    return file, [*wanted, *_left(file, left)]


def _left(file: AgentFile, left: Iterable[Given]) -> list[Revision]:
    """
    Deletion markers for stacks that the agent was given and no longer has; for one that it has after all, its newest.
    """
    scope = Scope.of(file)
    revisions = []
    for given in left:
        stack = find_stack(given.stack_id)
        if stack is None:
            continue
        if stack.is_live and is_associated(scope, stack):
            revisions += newest([stack])
        else:
            revisions += [marker for marker in [rules.withdrawal(given, stack)] if marker]
    return revisions
