"""
Agents that pass on what their pods print.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from benchmarks.client import Client
from benchmarks.fleet import Fleet

LINES = 100


class Chatter:
    """
    So many batches about one stack, each by another agent: of one agent, a batch is taken once in ten seconds.
    """

    def __init__(self, admin: Client, fleet: Fleet, batches: int) -> None:
        self._stack_id = fleet.stacks[0]
        self._agents = iter([self._new_agent(admin, fleet, number) for number in range(batches)])

    def _new_agent(self, admin: Client, fleet: Fleet, number: int) -> Client:
        agent = admin.new_agent(f"chatter-{fleet.name}-{number}", fleet.generator)
        admin.target(agent, self._stack_id)
        agent.poll()
        return agent

    def __call__(self) -> None:
        agent = next(self._agents)
        agent.call("POST", f"/api/v1/agents/{agent.id}/telemetry", {"lines": list(self._lines())})

    def _lines(self) -> Iterator[dict[str, Any]]:
        for number in range(LINES):
            request = hashlib.sha256(str(number).encode()).hexdigest()[:16]
            yield {
                "stack_id": self._stack_id,
                "namespace": "shop",
                "pod": f"web-{number % 3}",
                "container": "web",
                "ts": f"2026-11-24T12:00:{number * 0.1:09.6f}Z",
                "line": f"INFO request {request} GET /api/v1/things/{number * 7919} 200 {number % 50} ms",
            }
