from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chalicelib.domain.agents import Agent
from chalicelib.domain.deployment_health import DEGRADED, FAILING, HEALTHY
from chalicelib.domain.fleet import AgentHealth
from chalicelib.store import agents, fleet, members, profiles
from chalicelib.store.writes import Together

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def edge(table):
    agent = Agent(id=uuid4(), name="edge", cluster_name="prod", status="INACTIVE", created_at=NOON, updated_at=NOON)
    together = Together()
    agents.add(together, agent)
    profiles.add(together, agent, [])
    together.commit()
    return agent


def test_an_agent_that_never_spoke_of_health_has_nothing_bad(edge):
    assert members.find(edge.id).unwell == {}


def test_a_member_knows_which_stacks_fail_and_which_are_degraded(edge):
    failing, degraded = uuid4(), uuid4()
    fleet.note_health(edge.id, AgentHealth(), {failing: FAILING, degraded: DEGRADED, uuid4(): HEALTHY})

    assert members.find(edge.id).unwell == {failing: FAILING, degraded: DEGRADED}
    assert members.all_live() == [members.find(edge.id)]


def test_what_a_late_word_leaves_of_a_deleted_agent_is_no_member(table):
    fleet.note_health(uuid4(), AgentHealth(), {uuid4(): FAILING})

    assert members.all_live() == []
