"""
Lambda answers with 6 MB at most: what would be larger says how to ask instead.
"""

import pytest

from chalicelib.domain.events import MAX_MESSAGE_BYTES
from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target
from tests.support.world import config_map

LARGE = config_map("large") + "# " + "x" * 3_000_000


@pytest.fixture
def generator(http):
    return new_generator(http)


def test_a_target_state_that_is_too_large_names_the_way_out(http, generator):
    agent = new_agent(http)
    for _ in range(2):
        stack = new_stack(http, generator)
        new_target(http, agent, stack)
        new_object(http, generator, stack, LARGE)
    path = f"/agents/{agent.id}/target-state"

    refused = http.get(path, pak=agent.pak)

    assert (refused.status_code, refused.json()["code"]) == (413, "target_state_too_large")
    assert "content=false" in refused.json()["message"]
    assert len(http.get(f"{path}?content=false", pak=agent.pak).json()) == 2


def test_a_list_that_is_too_large_names_the_way_out(http, generator):
    stack = new_stack(http, generator)
    for _ in range(2):
        new_object(http, generator, stack, LARGE)
    path = f"/stacks/{stack}/deployment-objects"

    refused = http.get(path, pak=generator.pak)

    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert "?content=false" in refused.json()["message"]
    assert len(http.get(f"{path}?content=false", pak=generator.pak).json()) == 2


@pytest.fixture
def many_events(http, generator):
    """
    An agent whose events are over 6 MB, and their ids, the newest first.
    """
    agent = new_agent(http)
    event = {
        "agent_id": agent.id,
        "deployment_object_id": new_object(http, generator, new_stack(http, generator))["id"],
        "event_type": "DEPLOY",
        "status": "FAILURE",
        "message": "x" * MAX_MESSAGE_BYTES,
    }
    made = [http.post(f"/agents/{agent.id}/events", pak=agent.pak, json=event).json()["id"] for _ in range(24)]
    return agent, made[::-1]


@pytest.mark.parametrize("path", ["/agents/{}/events", "/agent-events"])
def test_events_that_are_too_large_together_name_the_way_out(http, many_events, path):
    agent, made = many_events
    path = path.format(agent.id)

    refused = http.get(path, pak=http.admin)

    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert "?limit=" in refused.json()["message"]
    assert "&before=" in refused.json()["message"]
    first = [one["id"] for one in http.get(f"{path}?limit=20", pak=http.admin).json()]
    rest = [one["id"] for one in http.get(f"{path}?limit=20&before={first[-1]}", pak=http.admin).json()]
    assert [*first, *rest] == made
