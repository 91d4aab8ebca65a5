"""
Several hands at one stage of work.
"""

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from agent.changes import Change, ChangeSet

T = TypeVar("T")


@dataclass(frozen=True)
class Crew:
    hands: int = 1

    def each(self, act: Callable[[T], Change], items: Collection[T]) -> ChangeSet:
        """
        What became of each, in the order of the items. The first exception ends the rest; what is in flight is waited
        for.
        """
        waiting, done = deque(enumerate(items)), dict[int, Change]()

        def work() -> None:
            while waiting:
                try:
                    place, item = waiting.popleft()
                except IndexError:
                    return
                try:
                    done[place] = act(item)
                except BaseException:
                    waiting.clear()
                    raise

        hands = min(self.hands, len(items))
        if hands <= 1:
            work()
        else:
            with ThreadPoolExecutor(hands) as pool:
                working = [pool.submit(work) for _ in range(hands)]
            for one in working:
                one.result()
        return ChangeSet([done[place] for place in sorted(done)])
