"""
How the objects of one stack are, as the watches last showed them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Self

from agent.fields import State, is_older
from agent.judgement import Judgement, Replicas, Result, in_progress
from agent.kstatus import has_health, judge, replicas_of
from agent.refs import Ref

NOT_SEEN_YET = in_progress("NotSeenYet", "not seen since it was applied")
GONE = Judgement(Result.NOT_FOUND, "NotFound", "not there")


@dataclass(frozen=True, slots=True)
class Examined:
    """
    Which object, in which version, and the verdict on it; of what makes pods, how many it has.
    """

    uid: str
    version: str
    judgement: Judgement
    replicas: Replicas | None = None

    @classmethod
    def of(cls, ref: Ref, body: Mapping[str, Any] | None, version: str) -> Self:
        if body is None:
            return cls("", version, GONE)
        judgement = judge(ref.group, ref.kind, body)
        uid = str(body["metadata"]["uid"])
        return cls(uid, version, judgement, replicas_of(ref.group, ref.kind, body, judgement))

    def says_the_same_as(self, other: "Examined | None") -> bool:
        return other is not None and replace(self, version=other.version) == other


class Checkup:
    """
    A verdict counts for what was applied last: that object, in the version that it had then, or a later one.
    """

    def __init__(self) -> None:
        self._applied: dict[Ref, State] = {}
        self._seen: dict[Ref, Examined] = {}
        self._lock = Lock()

    def applied(self, ref: Ref, state: State) -> None:
        if has_health(ref.group, ref.kind):
            with self._lock:
                self._applied[ref] = state

    def saw(self, ref: Ref, examined: Examined) -> bool:
        """
        Whether that is news.
        """
        with self._lock:
            known = self._seen.get(ref)
            if known is not None and is_older(examined.version, known.version):
                return False
            self._seen[ref] = examined
            applied = self._applied.get(ref)
            counts_anew = applied is not None and not _counts(known, applied)
            return counts_anew or not examined.says_the_same_as(known)

    def forget_all_but(self, refs: Collection[Ref]) -> None:
        with self._lock:
            self._applied = {ref: state for ref, state in self._applied.items() if ref in refs}
            self._seen = {ref: examined for ref, examined in self._seen.items() if ref in refs}

    def findings(self) -> dict[Ref, Examined]:
        """
        Of everything that was applied and has a health.
        """
        with self._lock:
            return {ref: self._finding(ref, state) for ref, state in self._applied.items()}

    def _finding(self, ref: Ref, applied: State) -> Examined:
        seen = self._seen.get(ref)
        if seen is None or not _counts(seen, applied):
            return Examined(applied.uid, applied.version, NOT_SEEN_YET)
        return seen


def _counts(seen: Examined | None, applied: State) -> bool:
    if seen is None or is_older(seen.version, applied.version):
        return False
    return seen.uid in ("", applied.uid)
