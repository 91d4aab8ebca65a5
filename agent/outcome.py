"""
How the newest object of a stack went, when it is worth another try, and what of it is news. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from agent.changes import Change, bounded
from agent.outbox import Event
from agent.refs import Ref

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(seconds=30)
LOOK_AGAIN_SECONDS = 1.0
STUCK_AFTER_SECONDS = 60.0
NEVER = float("inf")


@dataclass(frozen=True)
class News:
    """
    What the broker is to be told: FAILURE with a message, SUCCESS with none.
    """

    object_id: str
    message: str | None

    def event(self, agent_id: str) -> Event:
        return {
            "agent_id": agent_id,
            "deployment_object_id": self.object_id,
            "event_type": "DEPLOY",
            "status": "SUCCESS" if self.message is None else "FAILURE",
            "message": self.message,
        }


class Outcome:
    def __init__(self, clock: Callable[[], float], spread: Callable[[float, float], float]) -> None:
        self.retry_at = NEVER
        self._clock = clock
        self._spread = spread
        self._object_id = ""
        self._is_success = False
        self._failures = 0
        self._leaving_since: dict[Ref, float] = {}
        self._told: News | None = None

    def is_success_of(self, object_id: str) -> bool:
        return self._is_success and self._object_id == object_id

    def settle(self, object_id: str, errors: list[str], fights: list[str], leaving: list[Change]) -> News | None:
        """
        None where the broker knows already. What is still being deleted is neither success nor failure, until it has
        taken a minute. A fight is told, but trying again would not help it.
        """
        if object_id != self._object_id:
            self._object_id, self._failures, self._leaving_since = object_id, 0, {}
        self._failures = self._failures + 1 if errors else 0
        left_before = len(self._leaving_since)
        stuck = self._stuck(leaving)
        self._is_success = not errors and not leaving
        is_moving = len(stuck) < len(leaving) or len(leaving) < left_before
        self.retry_at = self._next_try(bool(errors), bool(leaving), is_moving)
        lines = errors + stuck + fights
        if leaving and not lines:
            return None
        news = News(object_id, bounded(lines) if lines else None)
        if news == self._told:
            return None
        self._told = news
        return news

    def put_off(self) -> float:
        """
        The pass could not be finished: when to go on.
        """
        self._failures += 1
        return self._clock() + self._grown(LONGEST_WAIT)

    def _stuck(self, leaving: list[Change]) -> list[str]:
        now = self._clock()
        self._leaving_since = {change.ref: self._leaving_since.get(change.ref, now) for change in leaving}
        return [
            f"{change.ref}: {change.note or 'still being deleted'}"
            for change in leaving
            if now - self._leaving_since[change.ref] >= STUCK_AFTER_SECONDS
        ]

    def _next_try(self, failed: bool, leaving: bool, is_moving: bool) -> float:  # noqa: FBT001 - facts of one pass
        if failed:
            return self._clock() + self._grown(LONGEST_RETRY)
        if not leaving:
            return NEVER
        return self._clock() + (LOOK_AGAIN_SECONDS if is_moving else LONGEST_WAIT.total_seconds())

    def _grown(self, longest: timedelta) -> float:
        pause = min(longest, FIRST_RETRY * 2 ** min(self._failures - 1, 16))
        return float(pause.total_seconds() * self._spread(0.8, 1.2))
