"""
Which stack has which object, when more than one asks for it.
"""

from collections.abc import Iterable
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
        """
        All that a stack's newest object asks for. The other stacks that have something now which was this one's.
        """
        with self._lock:
            before, now = self._wanted.get(stack_id, frozenset()), frozenset(map(self._placed, wanted))
            self._wanted[stack_id] = now
            for ref in now - before:
                self._claimants.setdefault(ref, []).append(stack_id)
            return frozenset[str]().union(*(self._let_go(stack_id, ref) for ref in before - now))

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

    def may_want(self, stack_id: str, ref: Ref) -> str | None:
        """
        The other stack that has it, or may ask for it.
        """
        return self.other_than(stack_id, ref) or next(iter(sorted(self.unread - {stack_id})), None)

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
