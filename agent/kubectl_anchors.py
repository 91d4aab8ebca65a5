"""
What a document's anchors name, and how much of it is aliases.

A document that is aliases for the most part is refused by the very rule of kubectl's library, and one whose aliases
bring more text than any API server takes by a rule of ours.
"""

from dataclasses import dataclass, replace
from typing import Any

MAX_ALIASED_CHARACTERS = 32 * 1024 * 1024
FEW_ALIASED, FEW_NODES = 100, 1000
SMALL_DOCUMENT, LARGE_DOCUMENT = 400_000, 4_000_000
SHARE_WHEN_SMALL, SHARE_WHEN_LARGE = 0.99, 0.10


@dataclass
class Size:
    """
    How many nodes, with aliases written out; how many characters in them; how deep the deepest stands.
    """

    nodes: int = 0
    characters: int = 0
    deepest: int = 0


@dataclass(frozen=True)
class Anchored:
    node: Any
    nodes: int
    characters: int
    depth: int


class Anchors:
    def __init__(self) -> None:
        self._known: dict[str, Anchored | None] = {}
        self._aliased = Size()
        self.size = Size(nodes=1)  # the document itself

    def start(self, name: str, depth: int) -> Size:
        """
        From here on everything belongs to that anchor; `end` wants the answer back.
        """
        before = replace(self.size)
        self._known[name], self.size.deepest = None, depth
        return before

    def end(self, name: str, node: Any, before: Size, depth: int) -> None:
        size = self.size
        self._known[name] = Anchored(
            node, size.nodes - before.nodes, size.characters - before.characters, size.deepest - depth
        )
        size.deepest = max(before.deepest, size.deepest)

    def find(self, name: str) -> Anchored:
        """
        Raises ValueError.
        """
        if name not in self._known:
            raise ValueError(f"unknown anchor {name[:40]!r} referenced")
        anchored = self._known[name]
        if anchored is None:
            raise ValueError(f"the anchor {name[:40]!r} contains itself")
        return anchored

    def count(self, anchored: Anchored) -> None:
        """
        One more alias of it. Raises ValueError when that is one too many.
        """
        self.size.nodes += 1 + anchored.nodes
        self.size.characters += anchored.characters
        self._aliased.nodes += anchored.nodes
        self._aliased.characters += anchored.characters
        if self._is_mostly_aliases() or self._aliased.characters > MAX_ALIASED_CHARACTERS:
            raise ValueError("the document contains excessive aliasing")

    def _is_mostly_aliases(self) -> bool:
        nodes, aliased = self.size.nodes, self._aliased.nodes
        if nodes <= FEW_NODES or aliased <= FEW_ALIASED:
            return False
        growth = min(max(nodes - SMALL_DOCUMENT, 0) / (LARGE_DOCUMENT - SMALL_DOCUMENT), 1)
        return aliased / nodes > SHARE_WHEN_SMALL - (SHARE_WHEN_SMALL - SHARE_WHEN_LARGE) * growth
