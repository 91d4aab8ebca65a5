"""
All agents in one request: 1,000 of them, each with three of 100 stacks by targets, by a label or by an annotation.
"""

import statistics
import tempfile
import threading
import time
from itertools import count
from pathlib import Path

from benchmarks.client import Client, Refused, manifest
from benchmarks.in_process import a_minute_old_health, install
from benchmarks.report import Figure
from benchmarks.servers import Broker, a_broker, a_store
from benchmarks.wire import wire

AGENTS, FEW = 1000, 100
STACKS, GROUP = 100, 3
UNWELL = 10
SAMPLES = 7
READ_UNITS, MILLISECONDS = 300, 1000
WRITERS, LABELS = 8, 10


def measure(effort: float) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_store(Path(folder)) as endpoint:
        world = World(install(endpoint))
        for size in (FEW, max(FEW, round(AGENTS * effort))):
            world.grow(size)
            figures += world.look()
    return [*figures, *_writers()]


class World:
    """
    Stacks in groups of three, and agents that each serve one group: all have applied what they have, and have said so,
    but for a newer object of the first stack. A tenth of them have a stack that fails, and all have confirmed the rest.
    """

    def __init__(self, admin: Client) -> None:
        self._admin = admin
        self._generator = admin.new_generator("bench")
        self._numbers = count()
        stacks = [self._generator.new_stack(f"bench-{number}") for number in range(STACKS)]
        self._groups = [stacks[first : first + GROUP] for first in range(0, STACKS, GROUP)]
        self._size = 0
        for number, group in enumerate(self._groups):
            for stack_id in group:
                path, annotation = f"/api/v1/stacks/{stack_id}", {"key": "group", "value": f"{number}"}
                self._generator.call("POST", f"{path}/labels", f"group:{number}")
                self._generator.call("POST", f"{path}/annotations", annotation)
                self._generator.push(stack_id, manifest())

    def grow(self, size: int) -> None:
        for number in range(self._size, size):
            self._add(number)
        self._size = size

    def _add(self, number: int) -> None:
        agent = self._admin.new_agent(f"bench-{number}", self._generator)
        group, path = number % len(self._groups), f"/api/v1/agents/{agent.id}"
        match number % 3:
            case 0:
                for stack_id in self._groups[group]:
                    self._admin.target(agent, stack_id)
            case 1:
                self._admin.call("POST", f"{path}/labels", {"label": f"group:{group}"})
            case _:
                self._admin.call("POST", f"{path}/annotations", {"key": "group", "value": f"{group}"})
        ids = [served["id"] for served in agent.poll().json()]
        for id in ids:
            agent.report(id, "applied")
        agent.heartbeat()
        agent.report_health(ids, "healthy")
        with a_minute_old_health():
            agent.report_health(ids, "healthy")
        if number % UNWELL == 0:
            agent.report_health(ids[:1], "failing")

    def look(self) -> list[Figure]:
        self._generator.push(self._groups[0][0], manifest(text=f"{next(self._numbers)}"))
        self._list()
        with wire.metered() as cost:
            listed, size = self._list()
        behind = sum(agent["pending_object_count"] for agent in listed)
        failing = sum(agent["health_failing"] for agent in listed)
        made = self._size, len(range(0, self._size, len(self._groups))), len(range(0, self._size, UNWELL))
        if (len(listed), behind, failing) != made:
            raise ValueError(f"{len(listed)} agents, {behind} objects pending, {failing} failing: not what was made")
        wall, processor = zip(*(self._seconds() for _ in range(SAMPLES)), strict=True)
        what = f"fleet of {self._size:,} agents"
        return [
            Figure(f"{what}, read units", cost.reads, "RU", READ_UNITS),
            Figure(f"{what}, calls of DynamoDB", cost.calls),
            Figure(f"{what}, P50", statistics.median(wall) * 1000, "ms", MILLISECONDS),
            Figure(f"{what}, of these the broker's processor time", statistics.median(processor) * 1000, "ms"),
            Figure(f"{what}, the answer", size / 1024, "KB"),
        ]

    def _list(self) -> tuple[list[dict[str, int]], int]:
        answer = self._admin.call("GET", "/api/v1/fleet")
        return answer.json(), len(answer.body)

    def _seconds(self) -> tuple[float, float]:
        started, processor = time.perf_counter(), time.process_time()
        self._list()
        return time.perf_counter() - started, time.process_time() - processor


def _writers() -> list[Figure]:
    """
    Eight at once that give one agent labels: each writes the same profile.
    """
    with a_broker() as broker:
        admin = broker.admin()
        agent = admin.new_agent("bench")
        refused: list[Refused] = []
        start = threading.Barrier(WRITERS)
        threads = [
            threading.Thread(target=_label, args=(broker, agent, number, start, refused)) for number in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = len(admin.call("GET", f"/api/v1/agents/{agent.id}/labels").json())
    return [
        Figure(f"{WRITERS} writers of one agent's labels, refused of {WRITERS * LABELS}", len(refused), "", 0),
        Figure(f"{WRITERS} writers of one agent's labels, lost", WRITERS * LABELS - len(refused) - kept, "", 0),
    ]


def _label(broker: Broker, agent: Client, number: int, start: threading.Barrier, refused: list[Refused]) -> None:
    admin = broker.admin()
    start.wait()
    for label in range(LABELS):
        try:
            admin.call("POST", f"/api/v1/agents/{agent.id}/labels", {"label": f"{number}:{label}"})
        except Refused as error:
            refused.append(error)
