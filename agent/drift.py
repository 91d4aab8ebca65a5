"""
What a stack's objects should look like, and whether what is seen of them is that.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

from agent.fields import State, lost, others, takers
from agent.ownership import DRIFT
from agent.refs import Ref

DELETED = "the object"


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    An object as a watch showed it, as little of it as is needed; gone, where it has no state. The version says when.
    """

    version: str
    state: State | None = None
    others: bytes = b"[]"
    ignores_drift: bool = False

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Self:
        return cls(
            version=str(metadata["resourceVersion"]),
            state=State.of(metadata),
            others=others(metadata),
            ignores_drift=(metadata.get("annotations") or {}).get(DRIFT) == "ignore",
        )


class Expected:
    """
    How each object stood after it was last applied. While a pass is at work, sightings wait for its end: they may be of
    what it is doing.
    """

    def __init__(self) -> None:
        self._states: dict[Ref, State] = {}
        self._waiting: dict[Ref, Sighting] = {}
        self._lock = Lock()

    def note(self, ref: Ref, state: State) -> None:
        with self._lock:
            self._states[ref] = state

    def forget(self, ref: Ref) -> None:
        with self._lock:
            self._states.pop(ref, None)

    def forget_all_but(self, refs: Collection[Ref]) -> None:
        with self._lock:
            self._states = {ref: state for ref, state in self._states.items() if ref in refs}

    def has(self, ref: Ref) -> bool:
        return ref in self._states

    def put_off(self, ref: Ref, sighting: Sighting) -> None:
        with self._lock:
            self._waiting[ref] = sighting

    def take_waiting(self) -> dict[Ref, Sighting]:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return waiting

    def of_kind(self, group: str, kind: str) -> list[Ref]:
        with self._lock:
            return [ref for ref in self._states if (ref.group, ref.kind) == (group, kind)]

    def judge(self, ref: Ref, sighting: Sighting) -> dict[str, str]:
        """
        What was taken, by readable field, and who has it now. Empty where all is as it should be, where the sighting is
        older than what we know, and where the object asks to be left alone.
        """
        ours = self._states.get(ref)
        if ours is None:
            return {}
        seen = sighting.state
        if seen is None:
            return {} if State(ours.uid, sighting.version, b"").is_before(ours) else {DELETED: "nobody"}
        if seen.is_before(ours) or sighting.ignores_drift:
            return {}
        taken = lost(ours, seen)
        if not taken:
            self.note(ref, seen)
        return takers(sighting.others, taken)
