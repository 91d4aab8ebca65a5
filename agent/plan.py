"""
The order of work on one stack. Pure but for two questions to the cluster.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from agent.desired import Desired
from agent.ownership import Live
from agent.refs import DEFINITIONS, Ref


class Surveyed(Protocol):
    def serves(self, ref: Ref) -> bool: ...

    def find(self, ref: Ref) -> Live | None: ...


@dataclass(frozen=True)
class Plan:
    """
    What stands on a Namespace or a definition of this very bundle cannot be checked before that is there.
    """

    foundations: list[Desired]
    rest: list[Desired]
    later_checks: list[Desired]

    @property
    def first_checks(self) -> list[Desired]:
        later = {one.ref for one in self.later_checks}
        return [one for one in self.foundations + self.rest if one.ref not in later]

    @classmethod
    def of(cls, todo: Iterable[Desired], cluster: Surveyed) -> "Plan":
        ordered = sorted(todo, key=lambda one: one.ref.stage)
        foundations = [one for one in ordered if one.ref.stage <= DEFINITIONS]
        rest = [one for one in ordered if one.ref.stage > DEFINITIONS]
        kinds = {one.defines for one in foundations}
        fresh = {one.ref.name for one in foundations if one.ref.is_namespace and cluster.find(one.ref) is None}
        later = [
            one
            for one in rest
            if one.ref.namespace in fresh or ((one.ref.group, one.ref.kind) in kinds and not cluster.serves(one.ref))
        ]
        return cls(foundations, rest, later)


def stages(wanted: Collection[Desired]) -> list[list[Desired]]:
    ordered = sorted(wanted, key=lambda one: one.ref.stage)
    return [list(stage) for _, stage in groupby(ordered, key=lambda one: one.ref.stage)]


def removal_stages(refs: Collection[Ref]) -> list[list[Ref]]:
    """
    The reverse of applying.
    """
    ordered = sorted(refs, key=lambda ref: (-ref.stage, str(ref)))
    return [list(stage) for _, stage in groupby(ordered, key=lambda ref: ref.stage)]
