"""
From what the watches see to the stacks that it concerns.
"""

from collections.abc import Callable, Collection

from agent.deployer import Deployer
from agent.drift import Sighting
from agent.refs import Ref
from agent.watches import Watched


class Lookout:
    def __init__(self, deployer: Deployer, wake: Callable[[], None]) -> None:
        self._deployer = deployer
        self._wake = wake

    def saw(self, ref: Ref, sighting: Sighting) -> None:
        stack = self._deployer.stack_of(ref)
        if stack is not None and stack.saw(ref, sighting):
            self._wake()

    def listed(self, watched: Watched, refs: Collection[Ref], version: str) -> None:
        """
        What is expected and was not listed is gone.
        """
        seen = frozenset(refs)
        for stack in self._deployer.all_stacks():
            for ref in stack.missing_of(watched.group, watched.kind, seen):
                self.saw(ref, Sighting(version))

    def kinds(self) -> frozenset[Watched]:
        """
        All that is to be watched.
        """
        return frozenset[Watched]().union(*(stack.kinds for stack in self._deployer.all_stacks()))
