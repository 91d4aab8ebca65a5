"""
Until a revision is where it should be, or it is clear that it will not get there.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cli import durations
from cli.errors import CliError, Exit, Refused, RolloutEnded, Unreachable
from cli.progress import Progress
from cli.rollouts import FAILED, LIVE, SILENT, SUPERSEDED, Rollout

APPLIED = "applied"
GOALS = (LIVE, APPLIED)
NOBODY_GRACE = 30.0
PACES = ((30.0, 1.0), (120.0, 2.0))  # until that many seconds have passed, a question each so many
SLOWEST = 5.0
SERVER_ERROR = 500

Ask = Callable[[str | None, str | None, float], Rollout | None]


@dataclass(frozen=True)
class Outcome:
    rollout: Rollout
    code: Exit


@dataclass(frozen=True, kw_only=True)
class Patience:
    timeout: timedelta
    clock: Callable[[], float]
    sleep: Callable[[float], None]


def wait(ask: Ask, object_id: str | None, goal: str, progress: Progress, patience: Patience) -> Outcome:
    """
    The revision is settled by the first answer, if not before. A broker that is away for a while is waited for, too,
    but no longer than all of it may take.
    """
    begun, passed, seen = patience.clock(), 0.0, None
    while True:
        left = max(0.0, patience.timeout.total_seconds() - passed)
        seen = asked(ask, object_id, seen, left) or seen
        passed = patience.clock() - begun
        code = _code(seen, goal, passed, patience.timeout) if seen else _late(passed, patience.timeout)
        if seen:
            object_id = seen.deployment_object_id
            progress.show(seen, is_over=code is not None)
            if code is not None:
                return Outcome(seen, code)
        elif code is not None:
            raise RolloutEnded(
                code,
                f"the broker told nothing for {durations.say(patience.timeout)}",
                "see if it answers: brokkr whoami",
            )
        patience.sleep(_pace(passed))


def asked(ask: Ask, object_id: str | None, seen: Rollout | None, left: float = math.inf) -> Rollout | None:
    """
    None where nothing has changed, and where the broker is away for a while.
    """
    try:
        return ask(object_id, seen.etag if seen else None, left)
    except Unreachable:
        return None
    except Refused as refusal:
        if refusal.status < SERVER_ERROR and not refusal.may_pass:
            raise
        return None


def _code(rollout: Rollout, goal: str, passed: float, timeout: timedelta) -> Exit | None:
    if rollout.verdict == LIVE or (goal == APPLIED and rollout.has_arrived):
        return Exit.LIVE
    if rollout.verdict == FAILED:
        return Exit.FAILED
    if rollout.verdict == SUPERSEDED:
        return Exit.SUPERSEDED
    if not rollout.agents and passed >= NOBODY_GRACE:
        return Exit.ERROR
    return _late(passed, timeout)


def _late(passed: float, timeout: timedelta) -> Exit | None:
    return Exit.TIMED_OUT if passed >= timeout.total_seconds() else None


def _pace(passed: float) -> float:
    return next((pace for until, pace in PACES if passed < until), SLOWEST)


def conclude(outcome: Outcome, stack_name: str, goal: str, timeout: timedelta) -> str:
    """
    The last line. Raises what ends the command where it is no good one.
    """
    rollout = outcome.rollout
    what = f'stack "{stack_name}", revision {rollout.sequence_id}'
    if outcome.code is Exit.LIVE:
        return f"{goal}: {what}: {rollout.message}"
    if outcome.code is Exit.ERROR:
        raise CliError(f"{what}: {rollout.message}", *NOBODY_HINTS)
    said = {
        Exit.FAILED: f"failed: {what}: {rollout.message}",
        Exit.SUPERSEDED: f"superseded: {what}: {rollout.message}",
        Exit.TIMED_OUT: f"not {goal} after {durations.say(timeout)}: {what}: {rollout.message}",
    }[outcome.code]
    words = [f"  {agent}" for agent in rollout.troubled]
    raise RolloutEnded(outcome.code, "\n".join([said, *words]), *_what_to_do(outcome, stack_name))


def _what_to_do(outcome: Outcome, stack_name: str) -> tuple[str, ...]:
    rollout = outcome.rollout
    if outcome.code is Exit.FAILED:
        again = "mend what the agent says, and push again"
        return (again, f"or go back: brokkr rollback {stack_name}") if rollout.sequence_id > 1 else (again,)
    if outcome.code is Exit.SUPERSEDED:
        return (f"a newer revision took its place: brokkr status {stack_name}",)
    if not rollout.agents:
        return NOBODY_HINTS
    states = {agent.state for agent in rollout.agents}
    return (
        f"wait for longer: brokkr wait {stack_name} --timeout=15m",
        *(WHY[state] for state in WHY if state in states),
    )


WHY = {
    "pending": "a pending agent has not applied it: one that is not ACTIVE, which the admin sets, applies nothing",
    SILENT: "a silent agent was not heard of: `brokkr-agent check` in its cluster says why",
}
NOBODY_HINTS = (
    "the admin targets an agent at it: POST /api/v1/agents/ID/targets",
    "or push with --target-label L, a label that an agent registered with your generator has",
)
