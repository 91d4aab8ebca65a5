"""
Fields that somebody else keeps taking back.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from agent.fields import FIELD_MANAGER
from agent.refs import Ref

WINDOW_SECONDS = 600.0
HEALS_AT_MOST = 5
PAUSE_SECONDS = 3600.0


class Verdict(Enum):
    """
    The first that any of an object's fields gets is the object's.
    """

    HEAL = "healed"
    GIVE_UP = "fought over"
    LEAVE = "left alone"


@dataclass
class Fights:
    """
    More than five heals of a field within ten minutes are a fight. The agent leaves the field alone for an hour.
    """

    clock: Callable[[], float] = time.monotonic
    _heals: dict[tuple[Ref, str], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _fought: dict[tuple[Ref, str], tuple[str, float]] = field(default_factory=dict)

    def note(self, ref: Ref, taken: dict[str, str]) -> Verdict:
        """
        One more drift, by field and by who has it now: healed where any of it is no fight.
        """
        verdicts = {self._verdict(ref, name, manager) for name, manager in taken.items()}
        return next(verdict for verdict in Verdict if verdict in verdicts)

    def is_paused(self, ref: Ref) -> bool:
        return any(of == ref and until > self.clock() for (of, _), (_, until) in list(self._fought.items()))

    def remarks(self) -> list[str]:
        return [
            f"{ref}: {name} is fought over by {FIELD_MANAGER} and {manager}; it is left alone for an hour"
            for (ref, name), (manager, until) in list(self._fought.items())
            if until > self.clock()
        ]

    def settle(self, refs: Iterable[Ref]) -> None:
        """
        A new revision of these objects: whatever was fought over may be no longer.
        """
        changed = frozenset(refs)
        self._fought = {key: fight for key, fight in self._fought.items() if key[0] not in changed}
        for key in [key for key in self._heals if key[0] in changed]:
            del self._heals[key]

    def _verdict(self, ref: Ref, name: str, manager: str) -> Verdict:
        now, key = self.clock(), (ref, name)
        heals = self._heals[key]
        while heals and heals[0] < now - WINDOW_SECONDS:
            heals.popleft()
        if key in self._fought and self._fought[key][1] > now:
            return Verdict.LEAVE
        heals.append(now)
        if len(heals) <= HEALS_AT_MOST:
            return Verdict.HEAL
        self._fought[key] = (manager, now + PAUSE_SECONDS)
        heals.clear()
        return Verdict.GIVE_UP
