"""
A heartbeat, a poll and a push in a small table and in a large one.
"""

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from benchmarks.client import manifest
from benchmarks.fleet import Fleet, new_fleet
from benchmarks.in_process import install
from benchmarks.report import Figure
from benchmarks.servers import a_store
from benchmarks.wire import Cost, wire

STACKS = 10
SMALL, LARGE = 100, 50_000
SAMPLES = 300
WARM_UP = 20
TOLERANCE = 1.1


def measure(effort: float) -> list[Figure]:
    large, samples = max(SMALL, round(LARGE * effort)), max(10, round(SAMPLES * effort))
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as small_folder,
        tempfile.TemporaryDirectory(prefix="bench-") as large_folder,
        a_store(Path(small_folder)) as small_store,
        a_store(Path(large_folder)) as large_store,
    ):
        tables = {
            small_store: new_fleet(install(small_store), "bench", stacks=STACKS, history=SMALL // STACKS),
            large_store: new_fleet(install(large_store), "bench", stacks=STACKS, history=large // STACKS),
        }
        figures = []
        for what, act in ACTS.items():
            figures += _compare(what, act, tables, samples, large)
        return figures


def _heartbeat(fleet: Fleet) -> None:
    fleet.agent.heartbeat()


def _poll(fleet: Fleet) -> None:
    fleet.agent.poll(fleet.etag)


def _push(fleet: Fleet) -> None:
    fleet.generator.push(fleet.stacks[0], manifest())


ACTS: dict[str, Callable[[Fleet], None]] = {"heartbeat": _heartbeat, "poll": _poll, "push": _push}


def _compare(
    what: str, act: Callable[[Fleet], None], tables: dict[str, Fleet], samples: int, large: int
) -> list[Figure]:
    """
    Turn and turn about, so that the machine's moods meet both tables alike.
    """
    seconds: dict[str, list[float]] = defaultdict(list)
    for number in range(samples + WARM_UP):
        for endpoint, fleet in list(tables.items())[:: 1 if number % 2 else -1]:
            wire.to(endpoint)
            started = time.perf_counter()
            act(fleet)
            if number >= WARM_UP:
                seconds[endpoint].append(time.perf_counter() - started)
    few, many = (statistics.median(seconds[endpoint]) * 1000 for endpoint in tables)
    small, big = (_cost(endpoint, act, fleet) for endpoint, fleet in tables.items())
    return [
        Figure(f"{what}, {SMALL} objects, P50", few, "ms"),
        Figure(f"{what}, {large:,} objects, P50", many, "ms"),
        Figure(f"{what}, time with {large:,} : with {SMALL}", many / few, "x", TOLERANCE),
        Figure(f"{what}, units with {large:,} : with {SMALL}", _units(big) / _units(small), "x", TOLERANCE),
    ]


def _cost(endpoint: str, act: Callable[[Fleet], None], fleet: Fleet) -> Cost:
    wire.to(endpoint)
    return wire.cost_of(lambda: act(fleet))


def _units(cost: Cost) -> float:
    return cost.reads + cost.writes
