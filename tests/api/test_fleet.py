import pytest

from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target

FIELDS = {
    "agent_id",
    "name",
    "cluster_name",
    "status",
    "ws_connected",
    "connected_since",
    "last_heartbeat",
    "heartbeat_age_seconds",
    "pending_object_count",
    "pending_work_orders",
    "claimed_work_orders",
    "last_event_at",
    "seconds_since_last_event",
    "health_failing",
    "health_degraded",
    "k8s_reachable",
    "k8s_api_latency_ms",
}


@pytest.fixture
def agent(http):
    """
    It has a stack with one object, and has said nothing yet.
    """
    agent, generator = new_agent(http, name="edge"), new_generator(http)
    stack = new_stack(http, generator)
    new_target(http, agent, stack)
    new_object(http, generator, stack)
    return agent


def test_a_silent_agent_has_every_field_and_null_for_what_it_never_said(http, agent):
    [record] = http.get("/fleet", pak=http.admin).json()

    assert set(record) == FIELDS
    assert {name for name in record if record[name] is None} == {
        "connected_since",
        "last_heartbeat",
        "heartbeat_age_seconds",
        "last_event_at",
        "seconds_since_last_event",
        "k8s_reachable",
        "k8s_api_latency_ms",
    }
    assert (record["agent_id"], record["name"], record["status"]) == (agent.id, "edge", "INACTIVE")
    assert (record["ws_connected"], record["pending_object_count"]) == (False, 1)


def test_what_an_agent_says_is_in_its_record_and_its_status(http, agent):
    http.post(f"/agents/{agent.id}/heartbeat", pak=agent.pak, json={"k8s_reachable": True, "k8s_api_latency_ms": 7})
    [served] = http.get(f"/agents/{agent.id}/target-state", pak=agent.pak).json()
    said = {"agent_id": agent.id, "deployment_object_id": served["id"], "event_type": "DEPLOY", "status": "SUCCESS"}
    event = http.post(f"/agents/{agent.id}/events", pak=agent.pak, json=said).json()

    status = http.get(f"/agents/{agent.id}/fleet-status", pak=http.admin).json()

    record = status["record"]
    assert set(record) == FIELDS
    assert (record["k8s_reachable"], record["k8s_api_latency_ms"], record["heartbeat_age_seconds"]) == (True, 7, 0)
    assert (record["last_event_at"], record["seconds_since_last_event"]) == (event["created_at"], 0)
    assert record["pending_object_count"] == 0
    assert status["recent_events"] == [event]


def test_a_pak_id_that_is_no_id_is_named(http):
    refused = http.get("/fleet?pak_id=ci", pak=http.admin)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_query")
    assert "pak_id" in refused.json()["message"]
