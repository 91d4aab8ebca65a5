"""
From what the watches see to the stacks that it concerns.
"""

from collections.abc import Callable, Collection
from typing import Any

from agent.checkup import Examined
from agent.deployer import Deployer
from agent.drift import Sighting
from agent.kstatus import has_health
from agent.refs import Ref
from agent.stack import Stack
from agent.watches import Watched


class Lookout:
    """
    A stack that has drifted is to be woken for a pass; of another verdict on its health somebody else may want to hear.
    """

    def __init__(self, deployer: Deployer, wake: Callable[[], None], health: Callable[[], None] | None = None) -> None:
        self._deployer = deployer
        self._wake = wake
        self._health = health

    def saw(self, ref: Ref, body: dict[str, Any] | None, version: str) -> None:
        stack = self._deployer.stack_of(ref)
        if stack is not None:
            self._examine(stack, ref, body, version)
            self._heed(stack, ref, Sighting(version) if body is None else Sighting.of(body["metadata"]))

    def listed(self, watched: Watched, refs: Collection[Ref], version: str) -> None:
        """
        What is expected and was not listed is gone.
        """
        seen = frozenset(refs)
        for stack in self._deployer.all_stacks():
            for ref in stack.missing_of(watched.group, watched.kind, seen):
                self.saw(ref, None, version)

    def kinds(self) -> frozenset[Watched]:
        """
        All that is to be watched.
        """
        return frozenset[Watched]().union(*(stack.kinds for stack in self._deployer.all_stacks()))

    def _examine(self, stack: Stack, ref: Ref, body: dict[str, Any] | None, version: str) -> None:
        if self._health is None or not has_health(ref.group, ref.kind):
            return
        if stack.examined(ref, Examined.of(ref, body, version)):
            self._health()

    def _heed(self, stack: Stack, ref: Ref, sighting: Sighting) -> None:
        if stack.saw(ref, sighting):
            self._wake()
