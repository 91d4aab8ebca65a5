"""
Which stacks belong to an agent: targets, and shared labels and annotations where the agent has consented.
"""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from chalicelib.domain.agents import AgentFile
from chalicelib.domain.stacks import Stack

Pair = tuple[str, str]


class Scope(Struct, frozen=True, kw_only=True):
    """
    What an agent brings to the question, or a part of that.
    """

    targets: frozenset[UUID] = frozenset()
    generators: frozenset[UUID] = frozenset()
    labels: frozenset[str] = frozenset()
    annotations: frozenset[Pair] = frozenset()

    @classmethod
    def of(cls, file: AgentFile) -> "Scope":
        return cls(
            targets=frozenset(target.stack_id for target in file.targets),
            generators=frozenset(registration.generator_id for registration in file.registrations),
            labels=frozenset(label.label for label in file.labels),
            annotations=frozenset((annotation.key, annotation.value) for annotation in file.annotations),
        )

    def covers(self, stack: Stack) -> bool:
        """
        For a stack that was found by target, label or annotation: whether it is the agent's. A target is consent in
        itself; a match needs a registration with the stack's generator.
        """
        return stack.is_live and (stack.id in self.targets or stack.generator_id in self.generators)

    def matches(self, stack: Stack, labels: Collection[str], annotations: Collection[Pair]) -> bool:
        """
        The whole rule, for a stack whose labels and annotations are at hand.
        """
        found = stack.id in self.targets or not (
            self.labels.isdisjoint(labels) and self.annotations.isdisjoint(annotations)
        )
        return found and self.covers(stack)
