"""
The brake on removals: what looks like a mistake is held until somebody says that it is none. Pure.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from agent.ownership import CONFIRM
from agent.refs import Ref

NAMED_AT_MOST = 50
DIGEST_LENGTH = 12


@dataclass(frozen=True)
class Brake:
    """
    Holds a revision's removals that are more than `count` objects and more than `share` of the stack's inventory, or
    any with something in them. Confirmed by their number or by the digest of their names.
    """

    count: int = 10
    share: float = 0.5
    is_on: bool = True
    confirmed: frozenset[str] = field(default_factory=frozenset)

    def for_push(self, confirmed: frozenset[str]) -> "Brake":
        return replace(self, confirmed=confirmed)

    def holds(self, removed: Collection[Ref], stale: Collection[Ref], inventory: int, full: Collection[Ref]) -> bool:
        """
        `stale` is what the revision drops, gone already or not: its number is the same after a crash half-way.
        """
        if not self.is_on:
            return False
        many = len(removed) > self.count and len(removed) > self.share * inventory
        return (many or bool(full)) and not self.confirmed & self.words_for(removed, stale)

    def words_for(self, removed: Collection[Ref], stale: Collection[Ref]) -> frozenset[str]:
        return frozenset({str(len(removed)), str(len(stale)), digest(removed), digest(stale)})


NO_BRAKE = Brake(is_on=False)


def digest(refs: Collection[Ref]) -> str:
    names = "\n".join(sorted(f"{ref.group} {ref}" for ref in refs))
    return hashlib.sha256(names.encode()).hexdigest()[:DIGEST_LENGTH]


def held_remark(removed: Collection[Ref], full: Collection[Ref]) -> str:
    """
    What a FAILURE event says: how many, which, why, and how to let them go.
    """
    names = [str(ref) for ref in sorted(removed, key=str)]
    more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    why = f"; not empty: {', '.join(sorted(map(str, full)))}" if full else ""
    return (
        f"applied, but {len(names)} removals are held: {', '.join(names[:NAMED_AT_MOST])}{more}{why}. If they are "
        f'meant, annotate any object of the push with {CONFIRM}: "{len(names)}" or "{digest(removed)}", and push it'
    )
