"""
What became of each object in one pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from agent.manifests import Ref

MESSAGE_BYTES = 60_000


class Action(Enum):
    CHECKED = "checked"
    CREATED = "created"
    APPLIED = "applied"
    DELETED = "deleted"
    GONE = "gone already"
    SPARED = "spared"


@dataclass(frozen=True)
class Change:
    """
    What was done to an object, or what the API server said instead.
    """

    ref: Ref
    action: Action
    error: str | None = None
    note: str | None = None


@dataclass
class ChangeSet:
    changes: list[Change] = field(default_factory=list)

    def extend(self, changes: Iterable[Change]) -> None:
        self.changes.extend(changes)

    @property
    def failed(self) -> bool:
        return bool(self.errors)

    @property
    def refs(self) -> frozenset[Ref]:
        return frozenset(change.ref for change in self.changes)

    @property
    def errors(self) -> list[str]:
        return [f"{change.ref}: {one_line(change.error)}" for change in self.changes if change.error is not None]


def one_line(text: str) -> str:
    return " ".join(text.split())


def bounded(lines: list[str], limit: int = MESSAGE_BYTES) -> str:
    """
    As many whole lines as fit, and how many did not.
    """
    kept: list[str] = []
    room = limit - len(f"… and {len(lines)} more".encode())
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept and lines:
        return lines[0].encode()[:limit].decode(errors="ignore")
    more = len(lines) - len(kept)
    return "\n".join([*kept, f"… and {more} more"] if more else kept)
