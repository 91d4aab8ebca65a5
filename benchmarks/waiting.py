"""
What DynamoDB would bill for a pipeline that waits.
"""

import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.client import Client, etag_of, manifest
from benchmarks.in_process import install
from benchmarks.report import Figure
from benchmarks.rollout import BY_TARGET, NOT_MODIFIED, new_crew
from benchmarks.servers import a_store
from benchmarks.wire import wire
from cli.rollouts import LIVE, Rollout
from cli.waiting import Patience, wait

HISTORY = 10
MINUTES = 5


def measure(effort: float) -> list[Figure]:  # noqa: ARG001 - there is one answer, however often one asks
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_store(Path(folder)) as endpoint:
        crew = new_crew(install(endpoint), "waited-for", HISTORY, BY_TARGET)
        object_id = crew.generator.push(crew.stack_id, manifest())["id"]
        for agent in crew.agents:
            agent.report(object_id, "applied")
        waiter = Waiter(crew.generator, crew.stack_id)
        waiter.wait(object_id)
    return [
        *waiter.figures("the first minute", 0),
        *waiter.figures("the second", 1),
        *waiter.figures("each after that", MINUTES - 1),
    ]


class Waiter:
    """
    At `brokkr`'s own pace, on a clock that only its naps move, before a rollout in which nothing changes.
    """

    def __init__(self, generator: Client, stack_id: str) -> None:
        self._generator, self._path = generator, f"/api/v1/stacks/{stack_id}/rollout"
        self._now = 0.0
        self._asked: list[tuple[int, float]] = []

    def wait(self, object_id: str) -> None:
        patience = Patience(timeout=timedelta(minutes=MINUTES), clock=lambda: self._now, sleep=self._sleep)
        wait(self._ask, object_id, LIVE, self, patience)

    def figures(self, when: str, minute: int) -> list[Figure]:
        reads = [units for in_minute, units in self._asked if in_minute == minute]
        return [
            Figure(f"`--wait` for ten agents, {when}: requests", len(reads)),
            Figure(f"`--wait` for ten agents, {when}: read units", sum(reads), "RU"),
        ]

    def show(self, rollout: Rollout, *, is_over: bool) -> None:
        """
        To nobody.
        """

    def _ask(self, object_id: str | None, etag: str | None, _left: float) -> Rollout | None:
        path = f"{self._path}?deployment_object_id={object_id}"
        with wire.metered() as cost:
            answer = self._generator.call("GET", path, headers={"If-None-Match": etag} if etag else {})
        self._asked.append((int(self._now // 60), cost.reads))
        return None if answer.status == NOT_MODIFIED else Rollout.of(answer.json(), etag_of(answer))

    def _sleep(self, seconds: float) -> None:
        self._now += seconds
