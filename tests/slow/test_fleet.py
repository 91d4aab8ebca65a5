"""
The fleet on a real store, where an agent's reports race.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from benchmarks.client import manifest
from tests.support.racing import RACERS, racing

pytestmark = pytest.mark.slow

ROUNDS = 10


class Edge:
    """
    An agent with a stack for each racer.
    """

    def __init__(self, broker):
        self.admin = broker.admin()
        name = f"fleet-{uuid4().hex[:8]}"
        generator = self.admin.new_generator(name)
        self.agent = self.admin.new_agent(name, generator)
        stacks = [generator.new_stack(f"{name}-{number}") for number in range(RACERS)]
        for stack_id in stacks:
            self.admin.target(self.agent, stack_id)
        self.object_ids = [generator.push(stack_id, manifest())["id"] for stack_id in stacks]
        self.agent.poll()

    def words(self, status):
        at = datetime.now(UTC).isoformat()
        return [{"deployment_objects": [{"id": id, "status": status, "checked_at": at}]} for id in self.object_ids]

    def unwell(self):
        record = self.admin.call("GET", f"/api/v1/agents/{self.agent.id}/fleet-status").json()["record"]
        return record["health_failing"], record["health_degraded"]


def test_of_many_reports_at_once_the_fleet_forgets_none(broker):
    """
    Each of another stack: what one report put among the failing, or took out of them, another one undid.
    """
    edge, counted = Edge(broker), []

    with racing(broker, edge.agent) as racers:
        for _ in range(ROUNDS):
            for status in ("failing", "degraded", "healthy"):
                racers.send("PATCH", f"/api/v1/agents/{edge.agent.id}/health-status", edge.words(status))
                counted.append(edge.unwell())

    assert counted == [(RACERS, 0), (0, RACERS), (0, 0)] * ROUNDS
