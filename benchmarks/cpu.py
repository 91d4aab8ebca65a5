"""
The broker's processor time beside a floor: a bare Chalice handler that makes the same DynamoDB calls.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import in_process
from benchmarks.client import Client, manifest
from benchmarks.fleet import Fleet, new_fleet
from benchmarks.floor import Floor
from benchmarks.report import Figure
from benchmarks.servers import a_store
from benchmarks.wire import wire
from broker.gateway import Event

ROUNDS = 15
REQUESTS = 20
STACKS = (1, 10)
HISTORY = 10
TARGET = 1.3


def measure(effort: float) -> list[Figure]:
    rounds = max(3, round(ROUNDS * effort))
    with _twins() as (fleets, race):
        figures = []
        for fleet in fleets:
            figures += _compare(f"unchanged poll, stacks: {len(fleet.stacks)}", partial(_poll, fleet), race, rounds)
        return [*figures, *_compare("push of 2 KB", partial(_push, fleets[0]), race, rounds)]


@contextmanager
def _twins() -> Iterator[tuple[list[Fleet], "Race"]]:
    """
    The same data in two stores, so that what the broker wrote to one of them the floor can write to the other.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        broker_data, floor_data = Path(folder) / "broker", Path(folder) / "floor"
        with a_store(broker_data) as endpoint:
            admin = in_process.install(endpoint)
            fleets = [new_fleet(admin, f"{stacks}", stacks=stacks, history=HISTORY) for stacks in STACKS]
        shutil.copytree(broker_data, floor_data)
        with a_store(broker_data) as broker_store, a_store(floor_data) as floor_store:
            yield fleets, Race(broker_store, floor_store)


def _poll(fleet: Fleet) -> Event:
    path = f"/api/v1/agents/{fleet.agent.id}/target-state?mode=full&content=false"
    return _event(fleet.agent, "GET", path, b"", {"If-None-Match": fleet.etag})


def _push(fleet: Fleet) -> Event:
    path = f"/api/v1/stacks/{fleet.stacks[0]}/deployment-objects"
    body = json.dumps({"yaml_content": manifest()}).encode()
    return _event(fleet.generator, "POST", path, body, {"Content-Type": "application/json"})


def _event(caller: Client, method: str, path: str, body: bytes, headers: dict[str, str]) -> Event:
    return in_process.event(method, path, {"Authorization": f"Bearer {caller.pak}", **headers}, body)


class Race:
    """
    The broker, and then the floor with what the broker did.
    """

    def __init__(self, broker_store: str, floor_store: str) -> None:
        self._broker_store = broker_store
        self._floor_store = floor_store
        self._floor = Floor()

    def run(self, events: list[Event]) -> tuple[float, float]:
        """
        Seconds of processor time of a request, of each.
        """
        done: list[tuple[Any, Any]] = []
        wire.to(self._broker_store)
        started = time.process_time()
        for event in events:
            with wire.recorded() as calls:
                done.append((calls, in_process.answer(event)))
        broker = time.process_time() - started
        wire.to(self._floor_store)
        started = time.process_time()
        for event, (calls, answer) in zip(events, done, strict=True):
            self._floor.repeat(event, calls, answer)
        return broker / len(events), (time.process_time() - started) / len(events)


def _compare(what: str, new_event: Callable[[], Event], race: Race, rounds: int) -> list[Figure]:
    race.run([new_event() for _ in range(REQUESTS)])
    pairs = [race.run([new_event() for _ in range(REQUESTS)]) for _ in range(rounds)]
    broker, floor = (statistics.median(seconds) * 1000 for seconds in zip(*pairs, strict=True))
    return [
        Figure(f"{what}, broker", broker, "ms"),
        Figure(f"{what}, floor", floor, "ms"),
        Figure(f"{what}, broker : floor", statistics.median(one / other for one, other in pairs), "x", TARGET),
    ]
