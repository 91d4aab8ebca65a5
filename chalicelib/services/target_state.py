"""
What an agent should have, and what it must remove.

Nothing is inferred from absence: what an agent was ever given of a stack is on record, and a stack that left it is
served as a deletion marker until the agent has reported the removal done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from chalicelib import system
from chalicelib.domain import target_state as rules
from chalicelib.domain.agents import AgentFile, Given
from chalicelib.domain.association import Scope
from chalicelib.domain.deployment_objects import DeploymentObject, Revision
from chalicelib.domain.principals import Principal, require_admin_or_agent
from chalicelib.domain.stacks import Stack
from chalicelib.store import agents, deployment_objects, given_stacks, stack_labels, stacks


@dataclass(frozen=True)
class TargetState:
    """
    `objects` is None where the caller has this very state already.
    """

    etag: str
    objects: list[DeploymentObject] | None


def target_state(
    caller: Principal,
    agent_id: UUID,
    *,
    incremental: bool = False,
    content: bool = True,
    known: Callable[[str], bool] = lambda _: False,
    new_id: system.NewId = system.new_id,
) -> TargetState:
    """
    One deployment object per stack, the highest sequence first. An unchanged poll reads pointers only, and writes
    nothing.
    """
    require_admin_or_agent(caller, agent_id)
    due, given = _due(agent_id)
    served = rules.in_order(revision for revision in due if not rules.is_done(revision, given.get(revision.stack_id)))
    if incremental:
        served = rules.unreported(served, given)
    if caller.is_agent:
        _note_given(agent_id, served, given, new_id)
    etag = rules.etag(served, f"{incremental}{content}")
    if known(etag):
        return TargetState(etag, None)
    if not content:
        return TargetState(etag, [DeploymentObject(revision, None) for revision in served])
    texts = deployment_objects.load_many(served)
    return TargetState(etag, [DeploymentObject(revision, texts[revision.id]) for revision in served])


def associated_stacks(caller: Principal, agent_id: UUID) -> list[Stack]:
    """
    The live stacks that an agent serves, by id.
    """
    require_admin_or_agent(caller, agent_id)
    return sorted(_associated(agents.file(agent_id)), key=lambda stack: stack.id)


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
    file = agents.file(agent_id)
    if not stack.is_live:
        return any(one.stack_id == stack.id for one in file.given)
    return _is_associated(Scope.of(file), stack)


def find_withdrawal(caller: Principal, id: UUID) -> Revision | None:
    """
    The marker that takes a living stack back from this agent, by its id.
    """
    if not (caller.is_agent and caller.id):
        return None
    for given in agents.file(caller.id).given:
        stack = find_stack(given.stack_id) if given.withdrawal_id == id else None
        if stack:
            return rules.withdrawal(given, stack)
    return None


def find_stack(id: UUID) -> Stack | None:
    """
    A stack, deleted or not, with its highest committed object; strongly consistent.
    """
    stack = stacks.find_any(id)
    return _heal(stack) if stack else None


def _due(agent_id: UUID) -> tuple[list[Revision], dict[UUID, Given]]:
    """
    What the agent should have or give back, done or not, and what it was given of each stack.

    The index may lag and replicas may be behind, so a removal is never ordered before strongly consistent reads have
    confirmed it.
    """
    file = agents.file(agent_id)
    wanted = _newest(_associated(file)) if file.agent else []
    kept = {revision.stack_id for revision in wanted}
    if any(one.stack_id not in kept for one in file.given):
        file = agents.file(agent_id, consistent=True)
    left = [one for one in file.given if one.stack_id not in kept]
    return [*wanted, *_left(file, left)], {one.stack_id: one for one in file.given}


def _associated(file: AgentFile) -> list[Stack]:
    scope = Scope.of(file)
    found = set(scope.targets)
    for label in scope.labels:
        found |= stack_labels.stacks_with_label(label)
    for key, value in scope.annotations:
        found |= stack_labels.stacks_with_annotation(key, value)
    return [stack for stack in stacks.get_many(found) if scope.covers(stack)] if found else []


def _is_associated(scope: Scope, stack: Stack) -> bool:
    """
    The same question of one stack, by strongly consistent reads.
    """
    if stack.id in scope.targets:
        return scope.covers(stack)
    labels = {one.label for one in stack_labels.labels(stack.id)} if scope.labels else set()
    annotations = {(one.key, one.value) for one in stack_labels.annotations(stack.id)} if scope.annotations else set()
    return scope.matches(stack, labels, annotations)


def _newest(associated: Iterable[Stack]) -> list[Revision]:
    healed = (_heal(stack) for stack in associated)
    return [Revision.of(stack.id, stack.newest) for stack in healed if stack.newest]


def _heal(stack: Stack) -> Stack:
    """
    The stack with its highest committed object, where a push may have died between its entry and the pointer.
    """
    found = deployment_objects.newest(stack.id) if stack.may_lag else None
    return replace(stack, newest=found.pointer) if found else stack


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
        if stack.is_live and _is_associated(scope, stack):
            revisions += _newest([stack])
        else:
            revisions += [marker for marker in [rules.withdrawal(given, stack)] if marker]
    return revisions


def _note_given(agent_id: UUID, served: Iterable[Revision], given: dict[UUID, Given], new_id: system.NewId) -> None:
    """
    Put on record what the agent is about to be given, and what is about to be taken from it, before it is, and what it
    says that it has: whatever crashes, the broker knows what an agent may have, and which word on it is the last.
    """
    for revision in served:
        known = given.get(revision.stack_id)
        if known is None or rules.is_given_anew(revision, known):
            given_stacks.give(agent_id, revision.stack_id, new_id(), again=known)
        elif revision.id == known.withdrawal_id and not known.is_withdrawn:
            given_stacks.withdraw(known)
