"""
What a process need not read twice.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # for what never changes, any moment will do
FOR_EVER = timedelta.max
REMEMBERED_FOR = timedelta(minutes=1)  # what changes seldom, and may be a little late in a status


class Memory(Generic[K, V]):
    """
    So many values at most, each for so long; the one that was remembered first goes first. What is absent is never
    remembered: it may be there by now.
    """

    def __init__(self, most: int, life: timedelta = FOR_EVER) -> None:
        self._most = most
        self._life = life
        self._values: OrderedDict[K, tuple[V, datetime]] = OrderedDict()

    def recall(self, key: K, at: datetime = ONCE) -> V | None:
        value, since = self._values.get(key, (None, ONCE))
        return value if at - since <= self._life else None

    def remember(self, key: K, value: V, since: datetime = ONCE) -> None:
        self._values[key] = value, since
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def forget(self, key: K) -> None:
        self._values.pop(key, None)

    def read(
        self,
        keys: Collection[K],
        read: Callable[[list[K]], Mapping[K, V]],
        at: datetime = ONCE,
        *,
        since: Callable[[V], datetime] | None = None,
    ) -> dict[K, V]:
        """
        Those of the keys that have a value: remembered, or read now. It is remembered from now on, or from the moment
        that it says itself.
        """
        known = {key: value for key in keys if (value := self.recall(key, at)) is not None}
        missing = [key for key in keys if key not in known]
        found = dict(read(missing)) if missing else {}
        for key, value in found.items():
            self.remember(key, value, since(value) if since else at)
        return known | found
