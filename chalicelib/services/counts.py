"""
How many agents and stacks there are, for whoever asks often.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from chalicelib import system
from chalicelib.domain.counts import Counts
from chalicelib.services import health
from chalicelib.store import tallies

FRESH = timedelta(seconds=30)


class Counter:
    """
    What was read last, for half a minute. A store that does not answer has no counts, and is left alone as long.
    """

    def __init__(self, read: Callable[[], Counts] = tallies.counts, *, now: system.Now = system.now) -> None:
        self._read = read
        self._now = now
        self._at: datetime | None = None
        self._last: Counts | None = None
        self._lock = Lock()

    def counts(self) -> Counts | None:
        with self._lock:
            at = self._now()
            if self._at is None or at - self._at >= FRESH:
                self._at, self._last = at, self._asked()
            return self._last

    def _asked(self) -> Counts | None:
        try:
            return self._read()
        except Exception as error:
            if health.outage(error) is None:
                raise
            return None


here = Counter()
