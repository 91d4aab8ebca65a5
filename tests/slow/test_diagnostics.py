"""
Diagnostics on a real store, where threads race.
"""

from uuid import uuid4

import pytest

from benchmarks.client import manifest
from tests.support.racing import RACERS, racing

pytestmark = pytest.mark.slow

RACES = 10
FOUND = {"pod_statuses": "[]", "events": "[]", "collected_at": "2026-11-24T12:00:00Z"}


class Clinic:
    """
    An agent, and something to ask it about.
    """

    def __init__(self, broker):
        self.admin = broker.admin()
        name = f"diagnostics-{uuid4().hex[:8]}"
        generator = self.admin.new_generator(name)
        self.agent = self.admin.new_agent(name, generator)
        self.object_id = generator.push(generator.new_stack(name), manifest())["id"]

    def ask(self):
        path = f"/api/v1/deployment-objects/{self.object_id}/diagnostics"
        return self.admin.call("POST", path, {"agent_id": self.agent.id}).json()["id"]


@pytest.fixture
def clinic(broker):
    return Clinic(broker)


def test_of_many_claimers_one_wins_and_of_many_results_one_counts(broker, clinic):
    with racing(broker, clinic.agent) as racers:
        for _ in range(RACES):
            asked = clinic.ask()

            claims = racers.post(f"/api/v1/diagnostics/{asked}/claim", [None] * RACERS)
            bodies = [{**FOUND, "log_tails": f"of racer {number} " * 2_000} for number in range(RACERS)]
            results = racers.post(f"/api/v1/diagnostics/{asked}/result", bodies)

            assert sorted(one.status for one in claims) == [200] + [409] * (RACERS - 1)
            assert sorted(one.status for one in results) == [201] + [409] * (RACERS - 1)
            kept = clinic.admin.call("GET", f"/api/v1/diagnostics/{asked}").json()
            assert [one.json() for one in results if one.status == 201] == [kept["result"]]
            assert kept["result"]["log_tails"] in [body["log_tails"] for body in bodies]


def test_a_question_reaches_its_agent_until_it_is_claimed(clinic):
    asked = clinic.ask()
    pending = f"/api/v1/agents/{clinic.agent.id}/diagnostics/pending"

    before = clinic.agent.call("GET", pending).json()
    clinic.agent.call("POST", f"/api/v1/diagnostics/{asked}/claim")

    assert [one["id"] for one in before] == [asked]
    assert clinic.agent.call("GET", pending).json() == []
