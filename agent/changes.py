"""
What became of each object in one pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from agent.fields import State
from agent.refs import Ref

MESSAGE_BYTES = 60_000


class Action(Enum):
    CHECKED = "checked"
    CREATED = "created"
    APPLIED = "applied"
    REPLACED = "replaced"
    DELETED = "deleted"
    LEAVING = "being deleted"
    GONE = "gone already"
    SPARED = "spared"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Change:
    """
    What was done to an object, or what the API server said instead; and how the object stands after it.
    """

    ref: Ref
    action: Action
    error: str | None = None
    note: str | None = None
    state: State | None = None
    is_immutable: bool = False


@dataclass
class ChangeSet:
    """
    Remarks are errors of the pass rather than of one object.
    """

    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def extend(self, other: "ChangeSet") -> "ChangeSet":
        self.changes.extend(other.changes)
        self.remarks.extend(other.remarks)
        return self

    def of(self, *actions: Action) -> list[Change]:
        return [change for change in self.changes if change.action in actions and change.error is None]

    @property
    def failed(self) -> bool:
        return bool(self.remarks) or any(change.error is not None for change in self.changes)

    @property
    def leaving(self) -> list[Change]:
        """
        What was deleted and is there still.
        """
        return self.of(Action.LEAVING)

    @property
    def errors(self) -> list[str]:
        refused = [f"{change.ref}: {one_line(change.error)}" for change in self.changes if change.error is not None]
        return refused + self.remarks


def refs_of(changes: Iterable[Change]) -> frozenset[Ref]:
    return frozenset(change.ref for change in changes)


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
