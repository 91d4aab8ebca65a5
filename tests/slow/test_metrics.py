"""
The figures of a real broker with several workers, of which many ask at once.
"""

import http.client
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.servers import a_broker
from tests.support.racing import RACERS, racing

pytestmark = pytest.mark.slow

EACH = 12


@pytest.fixture(scope="module")
def crowded():
    """
    A broker of its own, on which many made stacks at the same moment, and as many agents.
    """
    with a_broker() as broker:
        admin = broker.admin()
        with racing(broker, admin) as racers:
            for turn in range(EACH):
                racers.post("/api/v1/stacks", [{"name": f"stack-{turn}-{racer}"} for racer in range(RACERS)])
                racers.post("/api/v1/stacks", [{"name": "one of a name"}] * RACERS)
        for number in range(3):
            admin.new_agent(f"agent-{number}")
        yield broker


def figures(broker):
    connection = http.client.HTTPConnection(urlsplit(broker.url).netloc)
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.close()
    families = text_string_to_metric_families(page)
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


def test_whichever_worker_is_asked_every_request_is_counted(crowded):
    asked = [figures(crowded) for _ in range(6)]

    created, taken = (
        {one["brokkr_http_requests_total", *sorted(("/api/v1/stacks", "POST", status))] for one in asked}
        for status in ("201", "409")
    )
    assert created == {EACH * RACERS + 1}
    assert taken == {EACH * RACERS - 1}


def test_the_tallies_are_what_there_is(crowded):
    known = figures(crowded)

    assert known["brokkr_stacks_total",] == len(crowded.admin().call("GET", "/api/v1/stacks").json())
    assert known["brokkr_stacks_total",] == EACH * RACERS + 1
    assert known["brokkr_active_agents",] == 3


def test_units_are_those_of_the_store(crowded):
    """
    A transaction's too, of which the double in the fast tests says nothing: seventeen for a stack, by the data model.
    """
    known = figures(crowded)

    written = known["brokkr_dynamodb_write_units_total", "/api/v1/stacks", "POST"]
    assert written == 17 * (EACH * RACERS + 1)
