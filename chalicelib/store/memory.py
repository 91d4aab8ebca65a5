"""
What a process need not read twice.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """
    So many values at most; the one that was remembered first goes first. What is absent is never remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def recall(self, key: K) -> V | None:
        return self._values.get(key)

    def remember(self, key: K, value: V) -> None:
        self._values[key] = value
        while len(self._values) > self._most:
            self._values.popitem(last=False)
