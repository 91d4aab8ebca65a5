"""
Which stack works when: each in a thread of its own, so that none waits for another.
"""

import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from agent.stack import Stack

LANES = 8
FRESH_FOR_SECONDS = 5.0
LOOKS_EVERY_SECONDS = 1.0

Start = Callable[[Callable[[], None]], Any]


def in_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


class Dispatcher:
    """
    A hundred stacks at once would be a thousand requests at once, so a few begin at a time. One that is slow gives up
    its lane after a while, but not its work.
    """

    def __init__(
        self,
        stacks: Callable[[], Iterable[Stack]],
        may_work: Callable[[], bool],
        *,
        after: Callable[[], None] = lambda: None,
        start: Start = in_thread,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stacks = stacks
        self._may_work = may_work
        self._after = after
        self._start = start
        self._clock = clock
        self._begun: dict[str, float] = {}
        self._news = threading.Event()

    def run(self, stop: Callable[[], bool]) -> None:
        while not stop():
            self._news.wait(self._until_next())
            self._news.clear()
            self.start_due()

    def wake(self) -> None:
        self._news.set()

    def start_due(self) -> None:
        if not self._may_work():
            return
        due = [stack for stack in self._stacks() if not stack.is_busy and stack.due_at <= self._clock()]
        for stack in sorted(due, key=lambda stack: stack.due_at)[: self._free_lanes()]:
            stack.is_busy = True
            self._begun[stack.id] = self._clock()
            self._start(partial(self._work, stack))

    def settles_within(self, seconds: float) -> bool:
        """
        Whether every pass has come to its end by then.
        """
        deadline = self._clock() + seconds
        while self._begun and self._clock() < deadline:
            time.sleep(0.05)
        return not self._begun

    def _work(self, stack: Stack) -> None:
        try:
            stack.work()
        finally:
            stack.finish()
            self._begun.pop(stack.id, None)
            self._after()
            self.wake()

    def _free_lanes(self) -> int:
        fresh_since = self._clock() - FRESH_FOR_SECONDS
        return max(0, LANES - sum(begun > fresh_since for begun in list(self._begun.values())))

    def _until_next(self) -> float:
        if not (self._may_work() and self._free_lanes()):
            return LOOKS_EVERY_SECONDS
        next_due = min((stack.due_at for stack in self._stacks() if not stack.is_busy), default=float("inf"))
        return max(0.0, min(LOOKS_EVERY_SECONDS, next_due - self._clock()))
