"""
Which stack has which object, when more than one asks for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock

from agent.refs import Ref


class Claims:
    """
    An object that moves from one stack to another is handed over, in whichever order the two pushes arrive: the stack
    that asked for it last has it, and none takes it away from another. `unread` are stacks whose newest text is not
    known yet: they may ask for anything.

    Told from texts alone, before the cluster is asked anything: whether a kind has namespaces does not matter here.
    """

    def __init__(self, default_namespace: str = "default") -> None:
        self._default_namespace = default_namespace
        self._wanted: dict[str, frozenset[Ref]] = {}
        self._claimants: dict[Ref, list[str]] = {}
        self._lock = Lock()
        self.unread: frozenset[str] = frozenset()

    def claim(self, stack_id: str, wanted: Iterable[Ref]) -> frozenset[str]:
        return self.claim_all({stack_id: wanted})

    def claim_all(self, wanted: Mapping[str, Iterable[Ref]]) -> frozenset[str]:
        """
        All that the newest objects of these stacks ask for, at once: what goes from one to another is at no moment
        nobody's. The stacks that have something now because another let go of it.
        """
        placed = {stack_id: frozenset(map(self._placed, refs)) for stack_id, refs in wanted.items()}
        with self._lock:
            before = {stack_id: self._wanted.get(stack_id, frozenset()) for stack_id in placed}
            self._wanted.update(placed)
            for stack_id, now in placed.items():
                for ref in now - before[stack_id]:
                    self._claimants.setdefault(ref, []).append(stack_id)
            let_go = [self._let_go(stack_id, ref) for stack_id in placed for ref in before[stack_id] - placed[stack_id]]
            return frozenset[str]().union(*let_go)

    def owner(self, ref: Ref) -> str | None:
        with self._lock:
            claimants = self._claimants.get(self._placed(ref))
            return claimants[-1] if claimants else None

    def other_than(self, stack_id: str, ref: Ref) -> str | None:
        """
        The stack that has it now, where that is not this one.
        """
        owner = self.owner(ref)
        return None if owner == stack_id else owner

    def may_want(self, ref: Ref) -> str | None:
        """
        Who keeps it from being removed by a pass over any stack: who has it, and be it by an object of that very stack
        that came meanwhile, or who may ask for it.
        """
        return self.owner(ref) or min(self.unread, default=None)

    def _let_go(self, stack_id: str, ref: Ref) -> list[str]:
        """
        Who has it instead.
        """
        claimants = self._claimants[ref]
        was_its = claimants[-1] == stack_id
        claimants.remove(stack_id)
        if not claimants:
            del self._claimants[ref]
        return claimants[-1:] if was_its else []

    def _placed(self, ref: Ref) -> Ref:
        return ref if ref.namespace else replace(ref, namespace=self._default_namespace)
