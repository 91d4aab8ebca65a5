"""
Targets: which stacks an agent is told to serve, and the consent behind them.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from chalicelib import system
from chalicelib.domain.agents import AgentTarget, NewAgentTarget, Registration
from chalicelib.domain.association import Scope
from chalicelib.domain.principals import Principal, require_admin_or_agent
from chalicelib.domain.stacks import Stack
from chalicelib.errors.conflicts import AlreadyRegistered, ForeignKeyViolation
from chalicelib.errors.forbidden import AgentNotRegistered, TargetCreateDenied, TargetGeneratorMismatch
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.services import audit
from chalicelib.store import agent_files, agents, profiles, stacks
from chalicelib.store import registrations as consents
from chalicelib.store import targets as kept
from chalicelib.store.writes import Together


def targets(caller: Principal, agent_id: UUID) -> list[AgentTarget]:
    require_admin_or_agent(caller, agent_id)
    return agent_files.read(agent_id, consistent=True).targets


def registrations(caller: Principal, agent_id: UUID) -> list[Registration]:
    require_admin_or_agent(caller, agent_id)
    file = agent_files.read(agent_id, consistent=True)
    if file.agent is None:
        raise agents.not_found(agent_id)
    return file.registrations


def add_target(
    caller: Principal,
    agent_id: UUID,
    new: NewAgentTarget,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> AgentTarget:
    """
    Tell an agent to serve a stack. A generator needs the agent's registration; an admin's word is consent in itself,
    and is put on record as one.
    """
    stack = stacks.get(new.stack_id)
    registered = _require_consent(caller, agent_id, stack)
    if new.agent_id not in (None, agent_id):
        raise AgentIdMismatch("agent_id in the body is not the agent in the path")
    target = AgentTarget(new_id(), agent_id, stack.id)
    at = now()
    consent = None if registered else Registration(new_id(), agent_id, stack.generator_id, at)
    try:
        _write(caller, target, stack, consent, at)
    except AlreadyRegistered:  # by somebody else, since it was asked
        _write(caller, target, stack, None, at)
    return target


def _write(caller: Principal, target: AgentTarget, stack: Stack, consent: Registration | None, at: datetime) -> None:
    together = Together()
    stacks.check_alive(together, stack.id)
    unknown = ForeignKeyViolation(f"there is no agent {target.agent_id}", constraint="fk_agent")
    agents.check_alive(together, target.agent_id, unknown)
    if consent:
        consents.add(together, consent)
        given = {"generator_id": str(stack.generator_id)}
        audit.note(together, caller, "agent.registered", ("agent", target.agent_id), given, at=at)
    else:
        consents.check(together, target.agent_id, stack.generator_id, _not_registered(target.agent_id, stack))
    kept.add(together, target)
    audit.note(together, caller, "target.created", ("agent", target.agent_id), {"stack_id": str(stack.id)}, at=at)
    consented = frozenset({stack.generator_id} if consent else ())
    profiles.widen(together, target.agent_id, Scope(targets=frozenset({stack.id}), generators=consented))
    together.commit()


def remove_target(caller: Principal, agent_id: UUID, stack_id: UUID, *, now: system.Now = system.now) -> None:
    _require_consent(caller, agent_id, stacks.get(stack_id))
    together = Together()
    kept.remove(together, agent_id, stack_id, must_exist=True)
    audit.note(together, caller, "target.deleted", ("agent", agent_id), {"stack_id": str(stack_id)}, at=now())
    profiles.narrow(together, agent_id, Scope(targets=frozenset({stack_id})))
    together.commit()


def forget_target(agent_id: UUID, stack_id: UUID) -> None:
    """
    Take a target away because stack or consent have gone; the agent may be gone too.
    """
    together = Together()
    kept.remove(together, agent_id, stack_id)
    profiles.narrow(together, agent_id, Scope(targets=frozenset({stack_id})))
    with suppress(AgentNotFound):  # deleted meanwhile
        together.commit()


def _require_consent(caller: Principal, agent_id: UUID, stack: Stack) -> bool:
    """
    Whether the agent is registered with the stack's generator: without that only the admin goes on.
    """
    if caller.is_agent:
        raise TargetCreateDenied("an agent cannot choose its stacks")
    if not caller.owns(stack.generator_id):
        raise TargetGeneratorMismatch(f"stack {stack.id} belongs to another generator")
    file = agent_files.read(agent_id, consistent=True)
    registered = any(registration.generator_id == stack.generator_id for registration in file.registrations)
    if not (registered or caller.is_admin):
        raise _not_registered(agent_id, stack)
    return registered


def _not_registered(agent_id: UUID, stack: Stack) -> AgentNotRegistered:
    return AgentNotRegistered(f"agent {agent_id} is not registered with generator {stack.generator_id}")
