"""
What happens to the pods of a stack, and what they say, on its way to the broker: a real agent with its account's own
rights, a real API server, and a node that has the words.
"""

import os
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from benchmarks.kubelet import logs_of
from benchmarks.process import Process
from tests.slow.shipped import turned_away
from tests.slow.test_agent_diagnostics import deployment, pods_of
from tests.support.agent_process import within
from tests.support.tiny_broker import TinyBroker
from tests.support.tiny_server import serving

pytestmark = pytest.mark.slow

ASKS = {"brokkr.io/stream-logs": "true"}


def line(words):
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z {words}"


class Edge:
    """
    An agent of one namespace, its broker, and a node that has words.
    """

    def __init__(self, kube, shipped, place, home):
        self.kube, self.place = kube, place
        self.broker = TinyBroker()
        self._shipped, self._home = shipped, home

    @contextmanager
    def at_work(self, words):
        names = {"PAK": "a_b_c", "AGENT_NAME": "edge", "CLUSTER_NAME": "test"}
        with logs_of(self.kube, self._home, words), serving(self.broker) as url:
            given = {f"BROKKR__AGENT__{key}": value for key, value in {**names, "BROKER_URL": url}.items()}
            with self._shipped.agent({**self._shipped.env, **given}):
                yield Process(self._shipped.pids[-1])

    def pod_of(self, name):
        (pod,) = within(20, lambda: pods_of(self.kube, self.place, name))
        return pod

    def told(self, what):
        return [row for body in list(self.broker.telemetry) for row in body[what]]

    def words(self, pod):
        return [row["line"] for row in self.told("lines") if row["pod"] == pod]

    def reasons(self, kind):
        return {row["reason"] for row in self.told("events") if row["involved_object"]["kind"] == kind}


@pytest.fixture
def edge(kube, for_a_namespace, place, tmp_path):
    return Edge(kube, for_a_namespace, place, tmp_path)


def test_events_and_words_reach_the_broker_redacted(edge):
    before = turned_away(edge.kube)

    def words(pod, _container, _query):
        yield line(f"{pod} starts with DB_PASSWORD=hunter2")
        yield line("ready")
        time.sleep(60)

    with edge.at_work(words):
        edge.broker.push("---\n".join([deployment(edge.place, "web", notes=ASKS), deployment(edge.place, "quiet")]))
        pod, quiet = edge.pod_of("web"), edge.pod_of("quiet")
        within(60, lambda: edge.words(pod) and "Scheduled" in edge.reasons("Pod"))

    assert edge.words(pod) == [f"{pod} starts with DB_PASSWORD=[redacted]", "ready"]
    assert edge.words(quiet) == []
    assert "ScalingReplicaSet" in edge.reasons("Deployment")
    assert "SuccessfulCreate" in edge.reasons("ReplicaSet")
    assert {row["stack_id"] for row in edge.told("events")} == set(edge.broker.objects)
    assert turned_away(edge.kube) == before


def test_a_container_that_starts_anew_is_followed_on_and_tells_nothing_twice(edge):
    lives, before = count(1), []

    def words(*_):
        """
        As a kubelet does: what was said before is there again, and then the log ends.
        """
        before.append(line(f"life {next(lives)}"))
        yield from before

    with edge.at_work(words):
        edge.broker.push(deployment(edge.place, "web", notes=ASKS))
        pod = edge.pod_of("web")
        within(40, lambda: len(edge.words(pod)) >= 4)

    assert edge.words(pod)[:4] == ["life 1", "life 2", "life 3", "life 4"]


def test_a_flood_of_lines_gives_gaps_and_no_growth(edge):
    """
    Three containers of a thousand lines a second, of which more are allowed than fit in the batches: after a while
    the buffer is full too.
    """

    def flood(*_):
        while True:
            for _ in range(100):
                yield line("x" * 200)
            time.sleep(0.1)

    with edge.at_work(flood) as process:
        edge.broker.push(deployment(edge.place, "web", replicas=3, notes=ASKS))
        within(30, lambda: edge.told("gaps"))
        size = process.mib
        within(45, lambda: len(edge.broker.telemetry) >= 4)
        grown = process.mib - size

    dropped = [row["dropped_count"] for row in edge.told("gaps") if row["reason"] == "rate_limit"]
    assert {row["reason"] for row in edge.told("gaps")} <= {"rate_limit", "buffer_full"}
    assert 500 < max(dropped) <= 1_100
    assert all(len(body["lines"]) <= 5_000 for body in edge.broker.telemetry)
    assert grown < 10


def test_open_streams_do_not_keep_it_from_ending(edge):
    def silent(*_):
        yield line("hello")
        time.sleep(60)

    with edge.at_work(silent) as process:
        edge.broker.push(deployment(edge.place, "web", replicas=10, notes=ASKS))
        within(30, lambda: len({row["pod"] for row in edge.told("lines")}) == 10)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        within(15, lambda: "zombie" in Path(f"/proc/{process.pid}/status").read_text())
        took = time.monotonic() - began

    assert took < 10
