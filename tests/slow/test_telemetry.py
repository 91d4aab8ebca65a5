"""
Telemetry on a real store.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from benchmarks.client import manifest
from tests.support.racing import RACERS, racing

pytestmark = pytest.mark.slow


class Edge:
    """
    An agent that was given a stack.
    """

    def __init__(self, broker):
        self.admin = broker.admin()
        name = f"telemetry-{uuid4().hex[:8]}"
        self.generator = self.admin.new_generator(name)
        self.agent = self.admin.new_agent(name, self.generator)
        self.stack_id = self.generator.new_stack(name)
        self.admin.target(self.agent, self.stack_id)
        self.generator.push(self.stack_id, manifest())
        self.agent.poll()
        self.path = f"/api/v1/agents/{self.agent.id}/telemetry"

    def lines(self, *texts):
        about = {"stack_id": self.stack_id, "namespace": "shop", "pod": "web-1", "container": "web"}
        return {"lines": [{**about, "ts": datetime.now(UTC).isoformat(), "line": text} for text in texts]}

    def log(self, query=""):
        return self.generator.call("GET", f"/api/v1/stacks/{self.stack_id}/logs{query}").json()


@pytest.fixture
def edge(broker):
    return Edge(broker)


def test_of_many_batches_at_once_one_is_taken_and_the_others_are_told_to_wait(broker, edge):
    with racing(broker, edge.agent) as racers:
        answers = racers.post(edge.path, [edge.lines(f"of racer {number}") for number in range(RACERS)])

    refused = [one for one in answers if one.status != 204]
    assert [one.status for one in refused] == [429] * (RACERS - 1)
    assert {one.json()["code"] for one in refused} == {"too_many_requests"}
    assert all(1 <= int(one.headers["Retry-After"]) <= 10 for one in refused)
    assert len(edge.log()["lines"]) == 1


def test_a_batch_as_large_as_they_come_is_read_again_whole(edge):
    said = [f"GET /things/{number} 200 {number % 50}ms" for number in range(5_000)]

    edge.agent.call("POST", edge.path, edge.lines(*said))

    history = edge.log("?limit=5000")
    assert [one["line"] for one in history["lines"]] == said[::-1]
    assert history["retention"]["oldest_available_ts"] == history["lines"][-1]["created_at"]
    assert [one["line"] for one in edge.log("?limit=3")["lines"]] == said[:-4:-1]
