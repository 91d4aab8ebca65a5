"""
Where a pass over one stack works, and by which rules.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from agent.brake import NO_BRAKE, Brake
from agent.changes import Change
from agent.crew import Crew
from agent.desired import Desired
from agent.ownership import Live, Ownership
from agent.refs import Ref

Record = Callable[[AbstractSet[Ref]], None]
Claimed = Callable[[Ref], str | None]


class Cluster(Protocol):
    """
    What the agent asks of a cluster. A refused change is a Change with its error.
    """

    def place(self, ref: Ref, scopes: dict[tuple[str, str], bool]) -> Ref: ...

    def serves(self, ref: Ref) -> bool: ...

    def apply(self, wanted: Desired, *, dry_run: bool = False) -> Change: ...

    def await_established(self, crd: Ref) -> Change: ...

    def find(self, ref: Ref) -> Live | None: ...

    def delete(self, ref: Ref, uid: str) -> Change: ...

    def has_contents(self, ref: Ref) -> bool: ...


def claimed_by_nobody(_: Ref) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Site:
    """
    Where a pass works, and by which rules. `claimed` names a stack of ours that wants an object, or may.
    """

    cluster: Cluster
    ownership: Ownership
    record: Record
    crew: Crew = field(default_factory=Crew)
    brake: Brake = NO_BRAKE
    claimed: Claimed = claimed_by_nobody
    checks_first: bool = True
