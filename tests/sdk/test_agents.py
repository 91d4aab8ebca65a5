from datetime import UTC, datetime, timedelta

from brokkr_broker_client.api.agent_annotations import (
    agents_add_annotation,
    agents_list_annotations,
    agents_remove_annotation,
)
from brokkr_broker_client.api.agent_labels import agents_add_label, agents_list_labels, agents_remove_label
from brokkr_broker_client.api.agents import (
    create_agent,
    delete_agent,
    get_agent,
    list_agent_registrations,
    list_agents,
    record_heartbeat,
    rotate_agent_pak,
    search_agent,
    update_agent,
)
from brokkr_broker_client.api.auth import verify_pak
from brokkr_broker_client.models import (
    Agent,
    CreateAgentRequest,
    HeartbeatReport,
    NewAgentAnnotation,
    NewAgentLabel,
)

from tests.support.public_sdk import a_name

A_MOMENT = timedelta(minutes=2)


def test_an_agent_is_made_as_it_was_asked_for(sdk, admin):
    name = a_name("agent")

    made = admin.ask(create_agent, body=CreateAgentRequest(name=name, cluster_name="test"))

    found = made.agent
    assert (found.name, found.cluster_name, found.status) == (name, "test", "INACTIVE")
    assert (found.deleted_at, found.last_heartbeat, found.k8s_reachable, found.k8s_api_latency_ms) == (None,) * 4
    assert sdk.caller(made.initial_pak).ask(get_agent, found.id) == found
    assert found in admin.ask(list_agents)


def test_an_agent_is_found_by_its_name_and_cluster(admin, agent):
    known = agent.ask(get_agent, agent.id)

    found = agent.ask(search_agent, name=known.name, cluster_name=known.cluster_name)

    assert found == known
    assert admin.refusal(search_agent, name=known.name, cluster_name="elsewhere") == (404, "agent_not_found")


def test_an_agent_is_activated(admin, agent):
    changed = admin.ask(update_agent, agent.id, body={"status": "ACTIVE"})

    assert changed.status == "ACTIVE"
    assert agent.ask(get_agent, agent.id).status == "ACTIVE"


def test_a_heartbeat_that_says_nothing_is_one(agent):
    beat = agent.answer(record_heartbeat, agent.id, body=HeartbeatReport())

    known = agent.ask(get_agent, agent.id)
    assert (beat.status_code, beat.parsed) == (204, None)
    assert datetime.now(UTC) - known.last_heartbeat < A_MOMENT
    assert (known.k8s_reachable, known.k8s_api_latency_ms, known.k8s_reported_at) == (None, None, None)


def test_a_heartbeat_tells_of_the_cluster(agent):
    agent.answer(record_heartbeat, agent.id, body=HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7))

    known = agent.ask(get_agent, agent.id)

    assert (known.k8s_reachable, known.k8s_api_latency_ms) == (True, 7)
    assert datetime.now(UTC) - known.k8s_reported_at < A_MOMENT


def test_a_rotated_pak_works_and_the_old_one_does_not(sdk, agent):
    """
    The SDK knows no model for this answer, and gives it as it came.
    """
    rotated = agent.ask(rotate_agent_pak, agent.id)

    assert rotated.keys() == {"agent", "pak"}
    assert Agent.from_dict(rotated["agent"]).id == agent.id
    assert sdk.caller(rotated["pak"]).ask(verify_pak).agent == str(agent.id)
    assert agent.refusal(verify_pak) == (401, "unauthorized")


def test_a_deleted_agent_is_gone(admin, agent):
    deleted = admin.answer(delete_agent, agent.id)

    assert (deleted.status_code, deleted.parsed) == (204, None)
    assert admin.refusal(get_agent, agent.id) == (404, "agent_not_found")


def test_an_agent_is_made_with_its_consent(generator, agent):
    registered = {one.generator_id: one for one in agent.ask(list_agent_registrations, agent.id)}

    assert registered[generator.id].agent_id == agent.id


def test_an_agent_gets_a_label_and_loses_it(admin, agent):
    made = admin.ask(agents_add_label, agent.id, body=NewAgentLabel(agent_id=agent.id, label="env:dev"))
    listed = agent.ask(agents_list_labels, agent.id)
    removed = admin.answer(agents_remove_label, agent.id, "env:dev")

    assert (made.label, made.agent_id) == ("env:dev", agent.id)
    assert listed == [made]
    assert removed.status_code == 204
    assert agent.ask(agents_list_labels, agent.id) == []


def test_an_agent_gets_an_annotation_and_loses_it(admin, agent):
    new = NewAgentAnnotation(agent_id=agent.id, key="team", value="web")

    made = admin.ask(agents_add_annotation, agent.id, body=new)
    listed = agent.ask(agents_list_annotations, agent.id)
    removed = admin.answer(agents_remove_annotation, agent.id, "team")

    assert (made.key, made.value, made.agent_id) == ("team", "web", agent.id)
    assert listed == [made]
    assert removed.status_code == 204
    assert agent.ask(agents_list_annotations, agent.id) == []
