from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import (
    Heartbeat,
    HeartbeatReport,
)
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.store import (
    agents,
    heartbeats,
)
from tests.support.agent_rows import NOON, add, bury
from tests.support.world import rows


def keys(table):
    return {(row["pk"]["S"], row["sk"]["S"]) for row in rows(table)}


def test_an_agent_is_a_row_a_name_and_room_for_heartbeats(table):
    agent = add()

    assert keys(table) == {
        (f"AGENT#{agent.id}", "AGENT"),
        ("NAME#AGENT#edge", "prod"),
        ("FLEET", f"HEARTBEAT#{agent.id}"),
    }
    assert agents.get(agent.id) == agent


def test_a_buried_agent_leaves_a_row_that_nothing_finds(table):
    agent = add()

    bury(agent)

    [row] = rows(table)
    assert (row["pk"]["S"], row["sk"]["S"]) == (f"AGENT#{agent.id}", "AGENT")
    assert "gsi1pk" not in row
    assert agents.find(agent.id) is None
    assert agents.all_live() == []
    with pytest.raises(AgentNotFound):
        agents.get(agent.id)


def test_live_agents_are_listed_in_the_order_of_their_creation(table):
    late, early = add("late", NOON + timedelta(seconds=1)), add("early", NOON)

    assert agents.all_live() == [early, late]


def test_a_fleets_heartbeats_are_one_query_and_silent_agents_have_none(table):
    beating, silent = add("beating"), add("silent")

    heartbeats.beat(beating.id, HeartbeatReport(k8s_reachable=True), NOON)

    beat = Heartbeat(NOON, k8s_reachable=True, k8s_reported_at=NOON)
    assert heartbeats.fleet() == {beating.id: beat, silent.id: None}
    assert heartbeats.find(beating.id) == beat
    assert heartbeats.find(silent.id) is None
    assert heartbeats.find(uuid4()) is None


def test_a_heartbeat_touches_no_index_and_no_other_item(table):
    agent = add()
    before = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows(table)}

    heartbeats.beat(agent.id, HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7), NOON)

    after = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows(table)}
    [changed] = [key for key in after if after[key] != before.get(key)]
    assert changed == ("FLEET", f"HEARTBEAT#{agent.id}")
    assert not after[changed].keys() & {"gsi1pk", "gsi1sk"}
