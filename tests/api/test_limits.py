"""
Lambda answers with 6 MB at most: what would be larger says how to ask instead.
"""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chalicelib.api import answers
from chalicelib.domain.audit import MAX_LIMIT, Entry
from chalicelib.domain.events import MAX_MESSAGE_BYTES
from chalicelib.domain.text import MAX_NAME
from chalicelib.store.audit import AuditItem
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


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("/stacks", "?pak_id="),
        ("/agents", "/agents/?name="),
        ("/generators", "/paks"),
        ("/paks", "/generators/"),
        ("/agents/{}/stacks", "target-state?mode=full&content=false"),
    ],
)
def test_a_list_of_too_many_names_the_way_out(http, generator, monkeypatch, path, way_out):
    """
    Forty-three stacks whose descriptions are emojis were a gateway's 502.
    """
    agent = new_agent(http)
    new_target(http, agent, new_stack(http, generator))
    path = path.format(agent.id)
    there = len(http.get(path, pak=http.admin).json())

    monkeypatch.setattr(answers, "MAX_ANSWER", 10)
    refused = http.get(path, pak=http.admin)

    assert there
    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert way_out in refused.json()["message"]


@pytest.fixture
def many_events(http, generator):
    """
    An agent whose events are over 6 MB, and their ids, the newest first.
    """
    agent = new_agent(http)
    made = failures(http, generator, agent, ["x" * MAX_MESSAGE_BYTES] * 24)
    return agent, made[::-1]


def failures(http, generator, agent, messages):
    """
    The ids of events of one object, with these messages.
    """
    event = {
        "agent_id": agent.id,
        "deployment_object_id": new_object(http, generator, new_stack(http, generator))["id"],
        "event_type": "DEPLOY",
        "status": "FAILURE",
    }
    path, bodies = f"/agents/{agent.id}/events", [event | {"message": message} for message in messages]
    said = [http.post(path, pak=agent.pak, json=body) for body in bodies]
    assert {answer.status_code for answer in said} == {201}
    return [answer.json()["id"] for answer in said]


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


def test_a_status_whose_events_are_too_large_together_names_the_way_out(http, generator):
    agent = new_agent(http)
    long = "\N{GRINNING FACE}" * (MAX_MESSAGE_BYTES // 4 - 1)
    failures(http, generator, agent, [f"{long}{number}" for number in range(6)])

    refused = http.get(f"/agents/{agent.id}/fleet-status", pak=http.admin)

    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert "events?limit=" in refused.json()["message"]
    assert len(http.get(f"/agents/{agent.id}/events?limit=5", pak=http.admin).json()) == 5
    assert [one["agent_id"] for one in http.get("/fleet", pak=http.admin).json()] == [agent.id]


def test_an_audit_log_that_is_too_large_names_the_way_out(http):
    name = "\N{GRINNING FACE}" * MAX_NAME
    with AuditItem.batch_write() as kept:
        for _ in range(MAX_LIMIT):
            row = Entry(
                id=uuid4(),
                timestamp=datetime.now(UTC),
                actor_type="admin",
                actor_id=None,
                action="agent.updated",
                resource_type="agent",
                resource_id=uuid4(),
                details={"name": name, "cluster_name": name, "status": "ACTIVE"},
                ip_address="192.0.2.7",
                user_agent=None,
            )
            kept.save(AuditItem.of(row))

    refused = http.get(f"/admin/audit-logs?limit={MAX_LIMIT}", pak=http.admin)

    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert "?limit=" in refused.json()["message"]
    assert http.get("/admin/audit-logs?limit=500", pak=http.admin).json()["count"] == 500


@pytest.fixture
def claimed(http, generator):
    """
    A diagnostic that waits for its result: the agent, and the path.
    """
    agent, pushed = new_agent(http), new_object(http, generator, new_stack(http, generator))
    path = f"/deployment-objects/{pushed['id']}/diagnostics"
    asked = http.post(path, pak=http.admin, json={"agent_id": agent.id}).json()["id"]
    http.post(f"/diagnostics/{asked}/claim", pak=agent.pak)
    return agent, f"/diagnostics/{asked}"


@pytest.mark.parametrize(
    ("tails", "said"),
    [
        ("x" * 4 * 1024 * 1024, "4194304 bytes in all"),
        ('"\n' * 1_000_000, "quote, line break"),
        ("é" * 1_000_000, "not ASCII"),
    ],
)
def test_a_result_that_is_too_large_to_keep_or_to_show_is_refused_while_it_can_be_cut(http, claimed, tails, said):
    agent, path = claimed
    body = {"pod_statuses": "[]", "events": "[]", "collected_at": "2026-11-24T12:00:00Z"}

    refused = http.post(f"{path}/result", pak=agent.pak, json={**body, "log_tails": tails})
    taken = http.post(f"{path}/result", pak=agent.pak, json={**body, "log_tails": tails[: len(tails) // 2]})

    assert (refused.status_code, refused.json()["code"]) == (413, "payload_too_large")
    assert said in refused.json()["message"]
    assert taken.status_code == 201
    assert http.get(path, pak=http.admin).json()["result"] == taken.json()
