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
    that asked for it last has it, and none takes it away from another.

    Told from texts alone, before the cluster is asked anything: whether a kind has namespaces does not matter here.
    """

    def __init__(self, default_namespace: str = "default") -> None:
        self._default_namespace = default_namespace
        self._wanted: dict[str, frozenset[Ref]] = {}
        self._claimants: dict[Ref, list[str]] = {}
        self._lock = Lock()

    def claim(self, stack_id: str, wanted: Iterable[Ref]) -> None:
        """
        All that a stack's newest object asks for.
        """
        with self._lock:
            before, now = self._wanted.get(stack_id, frozenset()), frozenset(map(self._placed, wanted))
            self._wanted[stack_id] = now
            for ref in before - now:
                self._claimants[ref].remove(stack_id)
                if not self._claimants[ref]:
                    del self._claimants[ref]
            for ref in now - before:
                self._claimants.setdefault(ref, []).append(stack_id)

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

    def _placed(self, ref: Ref) -> Ref:
        return ref if ref.namespace else replace(ref, namespace=self._default_namespace)
