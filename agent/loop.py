"""
When: a step at each interval, for as long as the agent lives.
"""

import logging
import random
import time
from collections.abc import Callable

from agent.apiserver import ClusterUnreachable, Refused, Stopping
from agent.broker import BrokerError, BrokerRefused

log = logging.getLogger("agent")

JITTER = (0.9, 1.1)
UNWELCOME_TIMES = 10
LONGEST_PAUSE_SECONDS = 60.0


class Loop:
    """
    One step, again and again. What goes wrong is said when it changes, not each time.
    """

    def __init__(
        self,
        step: Callable[[], None],
        interval: float,
        *,
        stop: Callable[[], bool],
        sleep: Callable[[float], object],
        after_trouble: float | None = None,
        now: Callable[[], float] = time.monotonic,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._step = step
        self._name = step.__name__
        self._interval = interval
        self._after_trouble = interval if after_trouble is None else after_trouble
        self._stop = stop
        self._sleep = sleep
        self._now = now
        self._spread = spread
        self._trouble: str | None = None

    def run(self) -> None:
        """
        The interval counts from start to start, so that a long step does not delay the next one.
        """
        while not self._stop():
            started = self._now()
            pause = self._attempt() * self._spread(*JITTER)
            self._sleep(max(0.0, pause - (self._now() - started)))

    def _attempt(self) -> float:
        """
        How long to wait after it.
        """
        try:
            self._step()
        except Stopping:
            return self._interval
        except (BrokerError, ClusterUnreachable, Refused) as error:
            self._say(str(error))
            return self._pause_after(error)
        except Exception as error:
            if repr(error) != self._trouble:
                log.exception("unforeseen", extra={"fields": {"step": self._name}})
            self._trouble = repr(error)
            return self._after_trouble
        if self._trouble is not None:
            log.info("going on", extra={"fields": {"step": self._name}})
        self._trouble = None
        return self._interval

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("waiting", extra={"fields": {"step": self._name, "reason": trouble}})
        self._trouble = trouble

    def _pause_after(self, error: Exception) -> float:
        """
        Longer where the broker wants to be left alone, or does not know us any more.
        """
        if isinstance(error, BrokerRefused) and error.is_unwelcome:
            usual = max(self._interval, self._after_trouble)
            return max(usual, min(LONGEST_PAUSE_SECONDS, usual * UNWELCOME_TIMES))
        asked_for = error.retry_after if isinstance(error, BrokerError) else 0.0
        return max(self._after_trouble, min(asked_for, 5 * LONGEST_PAUSE_SECONDS))
