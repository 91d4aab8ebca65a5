"""
Diagnostics: ask an agent what became of a deployment object, and read what it found.
"""

from datetime import datetime
from uuid import UUID

from chalicelib import system
from chalicelib.domain.diagnostics import Diagnostic, DiagnosticResult, NewDiagnostic, NewDiagnosticResult, Status
from chalicelib.domain.principals import Principal, require_admin, require_admin_or_agent
from chalicelib.errors.conflicts import DiagnosticAlreadyClaimed, DiagnosticNotClaimed
from chalicelib.errors.forbidden import DiagnosticNotOwned
from chalicelib.errors.not_found import DiagnosticNotFound
from chalicelib.services.deployment_objects import not_found
from chalicelib.store import agents, deployment_objects, diagnostics, stacks
from chalicelib.store.writes import Together


def ask(
    caller: Principal,
    object_id: UUID,
    new: NewDiagnostic,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> Diagnostic:
    """
    Put a question to an agent, whether or not it serves the object.
    """
    require_admin(caller)
    _require_object(object_id)
    agents.get(new.agent_id)
    new.check()
    asked = Diagnostic.asked(new_id(), object_id, new, now())
    together = Together()
    diagnostics.add(together, asked)
    together.commit()
    return asked


def _require_object(id: UUID) -> None:
    revision = deployment_objects.find_revision(id)
    stack = stacks.find_any(revision.stack_id) if revision else None
    if stack is None or not stack.is_live:
        raise not_found(id)


def pending(caller: Principal, agent_id: UUID, *, now: system.Now = system.now) -> list[Diagnostic]:
    """
    What an agent is asked and nobody has claimed, the oldest first.
    """
    require_admin_or_agent(caller, agent_id)
    return diagnostics.pending(agent_id, now())


def get(caller: Principal, id: UUID, *, now: system.Now = system.now) -> tuple[Diagnostic, DiagnosticResult | None]:
    """
    DiagnosticNotFound precedes DiagnosticNotOwned.
    """
    asked = _get(caller, id, now())
    return asked, diagnostics.find_result(asked)


def _get(caller: Principal, id: UUID, at: datetime) -> Diagnostic:
    asked = diagnostics.get_any(id)
    if asked is None or at >= asked.gone_at:
        raise DiagnosticNotFound(f"there is no diagnostic {id}, or no longer")
    if not (caller.is_admin or _is_asked(caller, asked)):
        raise DiagnosticNotOwned(f"diagnostic {id} asks another agent")
    return asked.seen(at)


def _is_asked(caller: Principal, asked: Diagnostic) -> bool:
    return caller.is_agent and caller.id == asked.agent_id


def claim(caller: Principal, id: UUID, *, now: system.Now = system.now) -> Diagnostic:
    """
    Take a question on: the agent that is asked, once. An expired one cannot be claimed any more.
    """
    at = now()
    asked = _get(caller, id, at)
    if asked.status is not Status.PENDING:
        raise DiagnosticAlreadyClaimed(f"diagnostic {id} cannot be claimed: it is {asked.status}")
    together = Together()
    another = DiagnosticAlreadyClaimed(f"diagnostic {id} cannot be claimed: somebody else was faster")
    diagnostics.claim(together, asked, at, another)
    together.commit()
    return asked.claimed(at)


def submit_result(
    caller: Principal,
    id: UUID,
    new: NewDiagnosticResult,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> DiagnosticResult:
    """
    Answer a claimed question: the agent that is asked, once. The answer is kept first, and counts when the diagnostic
    points at it.
    """
    at = now()
    asked = _get(caller, id, at)
    if not caller.is_agent:
        raise DiagnosticNotOwned("a result comes from the agent that is asked, and from nobody else")
    if asked.status is not Status.CLAIMED:
        raise _not_claimed(asked)
    new.check()
    result = DiagnosticResult.of(new_id(), id, new, at)
    diagnostics.keep_result(asked, result)
    if not diagnostics.complete(result):
        raise _not_claimed(_get(caller, id, at))
    return result


def _not_claimed(asked: Diagnostic) -> DiagnosticNotClaimed:
    return DiagnosticNotClaimed(f"diagnostic {asked.id} takes no result: it is {asked.status}")
