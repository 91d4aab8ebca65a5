"""
A rollout while it goes: a table that moves on a terminal, one line per change elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from cli.rollouts import AgentState, Rollout
from cli.screen import Screen

if TYPE_CHECKING:
    from cli.live import Moving

TITLES = ("AGENT", "CLUSTER", "STATE", "PODS", "SAYS")


class Progress(Protocol):
    def show(self, rollout: Rollout, *, is_over: bool) -> None: ...


@contextmanager
def progress(screen: Screen, stack_name: str) -> Iterator[Progress]:
    if screen.is_live:
        from cli.live import Moving  # noqa: PLC0415 - rich is for terminals alone

        with Moving(screen.out, screen.env) as moving:
            screen.say_above = moving.say_above
            try:
                yield _Table(moving, stack_name)
            finally:
                screen.say_above = None
    else:
        with screen.group(f"rollout of stack {stack_name}"):
            yield _Lines(screen)


class _Lines:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._before: Rollout | None = None

    def show(self, rollout: Rollout, *, is_over: bool) -> None:  # noqa: ARG002 - the verdict has a line of its own
        if not rollout.agents and self._before is None:
            self._screen.tell(rollout.message)
        for agent in rollout.changes_since(self._before):
            self._screen.tell(str(agent))
        self._before = rollout


class _Table:
    def __init__(self, moving: "Moving", stack_name: str) -> None:
        self._moving = moving
        self._name = stack_name

    def show(self, rollout: Rollout, *, is_over: bool) -> None:
        line = f'{rollout.verdict}: stack "{self._name}", revision {rollout.sequence_id}: {rollout.message}'
        self._moving.show(line, TITLES, [row(agent) for agent in rollout.agents], is_over=is_over)


def row(agent: AgentState) -> tuple[str, ...]:
    return agent.name, agent.cluster_name, agent.state, agent.pods, "; ".join(agent.words)
