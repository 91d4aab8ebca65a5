"""
Lambda answers with 6 MB at most: what would be larger says how to ask instead.
"""

import pytest

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
