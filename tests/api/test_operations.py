"""
Every operation once, as the contract has it.
"""

import re

import pytest

from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target
from tests.support.world import config_map

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def generator(http):
    return new_generator(http)


@pytest.fixture
def agent(http):
    return new_agent(http)


@pytest.fixture
def stack(http, generator):
    return new_stack(http, generator)


def test_the_broker_is_alive_and_ready(http):
    alive, ready = http.get("//healthz"), http.get("//readyz")

    assert (alive.status_code, alive.text) == (200, "OK")
    assert (ready.status_code, ready.text) == (200, "Ready")


def test_a_pak_says_whose_it_is(http, generator, agent):
    said = [http.post("/auth/pak", pak=pak).json() for pak in (http.admin, generator.pak, agent.pak)]

    assert said == [
        {"admin": True, "agent": None, "generator": None, "readonly": False},
        {"admin": False, "agent": None, "generator": generator.id, "readonly": False},
        {"admin": False, "agent": agent.id, "generator": None, "readonly": False},
    ]


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}", "  {}  "])
def test_a_pak_may_come_bare_or_as_a_bearer(http, form):
    answer = http.post("/auth/pak", headers={"Authorization": form.format(http.admin)})

    assert answer.status_code == 200


def test_a_generator_s_life(http):
    made = http.post("/generators", pak=http.admin, json={"name": "ci", "description": "main"})
    generator, pak = made.json()["generator"], made.json()["pak"]
    path = f"/generators/{generator['id']}"

    changed = http.put(path, pak=pak, json={**generator, "name": "cd", "is_system": True})
    rotated = http.post(f"{path}/rotate-pak", pak=pak)
    gone = http.delete(path, pak=rotated.json()["pak"])

    assert made.status_code == 201
    assert set(generator) == {
        "id", "created_at", "updated_at", "deleted_at", "name", "description", "last_active_at", "is_active",
        "is_system",
    }  # fmt: skip
    assert MOMENT.fullmatch(generator["created_at"])
    assert (changed.json()["name"], changed.json()["is_system"]) == ("cd", False)
    assert rotated.status_code == 201
    assert http.get(path, pak=pak).status_code == 401
    assert (gone.status_code, gone.content) == (204, b"")
    assert http.get(path, pak=http.admin).json()["code"] == "generator_not_found"


def test_generators_are_listed_without_the_system_s(http, generator):
    names = {one["name"] for one in http.get("/generators", pak=http.admin).json()}

    assert "admin-generator" in names
    assert "__system__" not in names


def test_agents_register_with_generators_and_leave(http, generator, agent):
    path = f"/generators/{generator.id}/register"

    registered = http.post(path, pak=agent.pak, json={})
    of_generator = http.get(f"/generators/{generator.id}/registered-agents", pak=generator.pak).json()
    of_agent = http.get(f"/agents/{agent.id}/registrations", pak=agent.pak).json()
    left = http.delete(path, pak=http.admin, json={"agent_id": agent.id})

    assert registered.status_code == 201
    assert set(registered.json()) == {"id", "agent_id", "generator_id", "registered_at"}
    assert of_generator == [registered.json()]
    assert registered.json() in of_agent
    assert left.status_code == 204
    assert http.get(f"/generators/{generator.id}/registered-agents", pak=generator.pak).json() == []


def test_a_stack_s_life(http, generator):
    made = http.post("/stacks", pak=generator.pak, json={"name": "web"})
    stack = made.json()
    path = f"/stacks/{stack['id']}"

    changed = http.put(path, pak=generator.pak, json={"name": "site"})
    listed = http.get("/stacks", pak=generator.pak).json()
    gone = http.delete(path, pak=generator.pak)

    assert made.status_code == 201
    assert stack["generator_id"] == generator.id
    assert set(stack) == {"id", "created_at", "updated_at", "deleted_at", "name", "description", "generator_id"}
    assert listed == [changed.json()]
    assert gone.status_code == 204
    assert http.get(path, pak=generator.pak).status_code == 404


def test_the_admin_lists_stacks_of_one_generator(http, generator, stack):
    assert [one["id"] for one in http.get(f"/stacks?pak_id={generator.id}", pak=http.admin).json()] == [stack]
    assert http.get(f"/stacks?pak_id={NOBODY}", pak=http.admin).json() == []


def test_a_stack_s_labels_and_annotations(http, generator, stack):
    path = f"/stacks/{stack}"

    label = http.post(f"{path}/labels", pak=generator.pak, json="env/dev")
    annotation = http.post(f"{path}/annotations", pak=generator.pak, json={"key": "team", "value": "a"})

    assert (label.status_code, annotation.status_code) == (201, 201)
    assert http.get(f"{path}/labels", pak=generator.pak).json() == [label.json()]
    assert http.get(f"{path}/annotations", pak=generator.pak).json() == [annotation.json()]
    assert label.json() == {"id": label.json()["id"], "stack_id": stack, "label": "env/dev"}
    assert http.delete(f"{path}/labels/env%2Fdev", pak=generator.pak).status_code == 204
    assert http.delete(f"{path}/annotations/team", pak=generator.pak).status_code == 204
    assert http.get(f"{path}/labels", pak=generator.pak).json() == []


def test_a_push_as_json(http, generator, stack):
    text = config_map("a")

    answer = http.post(f"/stacks/{stack}/deployment-objects", pak=generator.pak, json={"yaml_content": text})

    pushed = answer.json()
    assert answer.status_code == 201
    assert set(pushed) == {
        "id", "created_at", "updated_at", "deleted_at", "sequence_id", "stack_id", "yaml_content", "yaml_checksum",
        "submitted_at", "is_deletion_marker",
    }  # fmt: skip
    assert (pushed["sequence_id"], pushed["yaml_content"], pushed["is_deletion_marker"]) == (1, text, False)


@pytest.mark.parametrize("kind", ["application/yaml", "text/yaml; charset=utf-8", "application/x-yaml"])
def test_a_push_as_raw_yaml(http, generator, stack, kind):
    text = config_map("größe")

    answer = http.post(
        f"/stacks/{stack}/deployment-objects", pak=generator.pak, content=text.encode(), headers={"Content-Type": kind}
    )

    assert (answer.status_code, answer.json()["yaml_content"]) == (201, text)


def test_a_deletion_marker_as_raw_yaml(http, generator, stack):
    answer = http.post(
        f"/stacks/{stack}/deployment-objects?deletion_marker=true",
        pak=generator.pak,
        headers={"Content-Type": "application/yaml"},
    )

    assert (answer.status_code, answer.json()["is_deletion_marker"]) == (201, True)


def test_a_push_under_one_key_happens_once(http, generator, stack):
    path, key = f"/stacks/{stack}/deployment-objects", {"Idempotency-Key": "build-1"}
    body = {"yaml_content": config_map("a")}

    first = http.post(path, pak=generator.pak, json=body, headers=key)
    again = http.post(path, pak=generator.pak, json=body, headers=key)

    assert again.json() == first.json()
    assert len(http.get(path, pak=generator.pak).json()) == 1


def test_objects_are_listed_newest_first_with_or_without_their_text(http, generator, stack):
    path = f"/stacks/{stack}/deployment-objects"
    first, second = new_object(http, generator, stack), new_object(http, generator, stack)

    full = http.get(path, pak=generator.pak).json()
    brief = http.get(f"{path}?content=false", pak=generator.pak).json()

    assert full == [second, first]
    assert brief == [{name: value for name, value in one.items() if name != "yaml_content"} for one in (second, first)]


def test_an_object_by_its_id_as_json_and_as_yaml(http, generator, stack):
    pushed = new_object(http, generator, stack)
    path = f"/deployment-objects/{pushed['id']}"

    as_json = http.get(path, pak=generator.pak)
    as_yaml = http.get(path, pak=generator.pak, headers={"Accept": "application/json, application/yaml;q=0.1"})
    again = http.get(path, pak=generator.pak, headers={"If-None-Match": f'"other", W/{as_json.headers["etag"]}'})

    assert as_json.json() == pushed
    assert as_yaml.text == pushed["yaml_content"]
    assert as_yaml.headers["content-type"] == "application/yaml"
    assert as_yaml.headers["etag"] != as_json.headers["etag"]
    assert (again.status_code, again.content) == (304, b"")


def test_an_agent_s_life(http):
    made = http.post("/agents", pak=http.admin, json={"name": "edge", "cluster_name": "north"})
    agent, pak = made.json()["agent"], made.json()["initial_pak"]
    path = f"/agents/{agent['id']}"

    changed = http.put(path, pak=pak, json={"status": "ACTIVE"})
    found = http.get("/agents/?name=edge&cluster_name=north", pak=pak)
    rotated = http.post(f"{path}/rotate-pak", pak=http.admin)
    gone = http.delete(path, pak=http.admin)

    assert made.status_code == 201
    assert set(agent) == {
        "id", "created_at", "updated_at", "deleted_at", "name", "cluster_name", "last_heartbeat", "status",
        "k8s_reachable", "k8s_api_latency_ms", "k8s_reported_at",
    }  # fmt: skip
    assert agent["status"] == "INACTIVE"
    assert changed.json()["status"] == "ACTIVE"
    assert found.json() == changed.json()
    assert (rotated.status_code, set(rotated.json())) == (200, {"agent", "pak"})
    assert http.get(path, pak=pak).status_code == 401
    assert gone.status_code == 204
    assert http.get(path, pak=http.admin).status_code == 404


def test_agents_are_the_admin_s_to_list(http, generator, agent):
    listed = http.get("/agents", pak=http.admin)
    refused = [http.get("/agents", pak=pak) for pak in (generator.pak, agent.pak)]

    assert [one["id"] for one in listed.json()] == [agent.id]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(403, "admin_required")] * 2


def test_a_heartbeat_is_seen_on_the_agent(http, agent):
    path = f"/agents/{agent.id}"

    beat = http.post(f"{path}/heartbeat", pak=agent.pak, json={"k8s_reachable": True, "k8s_api_latency_ms": 7})

    seen = http.get(path, pak=agent.pak).json()
    assert (beat.status_code, beat.content) == (204, b"")
    assert (seen["k8s_reachable"], seen["k8s_api_latency_ms"]) == (True, 7)
    assert seen["updated_at"] == seen["last_heartbeat"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"k8s_reachable": "yes"}', b"\xff"])
def test_a_heartbeat_counts_whatever_its_body(http, agent, body):
    beat = http.post(f"/agents/{agent.id}/heartbeat", pak=agent.pak, content=body)

    assert beat.status_code == 204
    assert http.get(f"/agents/{agent.id}", pak=agent.pak).json()["last_heartbeat"]


def test_an_agent_s_labels_and_annotations(http, agent):
    path = f"/agents/{agent.id}"

    label = http.post(f"{path}/labels", pak=http.admin, json={"agent_id": agent.id, "label": "env:dev"})
    annotation = http.post(f"{path}/annotations", pak=http.admin, json={"key": "team", "value": "a"})

    assert (label.status_code, annotation.status_code) == (201, 201)
    assert http.get(f"{path}/labels", pak=agent.pak).json() == [label.json()]
    assert http.get(f"{path}/annotations", pak=agent.pak).json() == [annotation.json()]
    assert http.delete(f"{path}/labels/env:dev", pak=http.admin).status_code == 204
    assert http.delete(f"{path}/annotations/team", pak=http.admin).status_code == 204


def test_targets_and_what_follows_from_them(http, generator, agent, stack):
    target = new_target(http, agent, stack)

    targets = http.get(f"/agents/{agent.id}/targets", pak=agent.pak).json()
    stacks = http.get(f"/agents/{agent.id}/stacks", pak=agent.pak).json()
    removed = http.delete(f"/agents/{agent.id}/targets/{stack}", pak=http.admin)

    assert targets == [target]
    assert set(target) == {"id", "agent_id", "stack_id"}
    assert [one["id"] for one in stacks] == [stack]
    assert removed.status_code == 204
    assert http.get(f"/agents/{agent.id}/targets", pak=agent.pak).json() == []


def test_target_state_is_answered_once(http, generator, agent, stack):
    new_target(http, agent, stack)
    pushed = new_object(http, generator, stack)
    path = f"/agents/{agent.id}/target-state"

    first = http.get(path, pak=agent.pak)
    again = http.get(path, pak=agent.pak, headers={"If-None-Match": first.headers["etag"]})
    brief = http.get(f"{path}?mode=full&content=false", pak=agent.pak).json()

    assert first.json() == [pushed]
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "yaml_content" not in brief[0]
    for answer in (first, again):
        told = [answer.headers.get(f"x-brokkr-{name}") for name in ("agent-status", "pending-diagnostics")]
        assert told == ["INACTIVE", "0"]
        assert answer.headers["access-control-expose-headers"] == "*"


def test_an_event_is_reported_and_read(http, generator, agent, stack):
    new_target(http, agent, stack)
    pushed = new_object(http, generator, stack)
    http.get(f"/agents/{agent.id}/target-state", pak=agent.pak)
    event = {"agent_id": agent.id, "deployment_object_id": pushed["id"], "event_type": "DEPLOY", "status": "SUCCESS"}

    reported = http.post(f"/agents/{agent.id}/events", pak=agent.pak, json=event)

    assert reported.status_code == 201
    assert set(reported.json()) == {
        "id", "agent_id", "deployment_object_id", "created_at", "updated_at", "deleted_at", "event_type", "status",
        "message",
    }  # fmt: skip
    assert http.get(f"/agents/{agent.id}/events", pak=agent.pak).json() == [reported.json()]
    assert http.get("/agent-events", pak=http.admin).json() == [reported.json()]
    assert http.get(f"/agent-events/{reported.json()['id']}", pak=http.admin).json() == reported.json()
    assert http.get(f"/agents/{agent.id}/target-state?mode=incremental", pak=agent.pak).json() == []
    assert http.get(f"/agents/{agent.id}/target-state", pak=agent.pak).json() == [pushed]


def test_a_diagnostic_is_asked_for_claimed_and_answered(http, generator, agent, stack):
    pushed = new_object(http, generator, stack)
    asked = http.post(f"/deployment-objects/{pushed['id']}/diagnostics", pak=http.admin, json={"agent_id": agent.id})
    path = f"/diagnostics/{asked.json()['id']}"
    found = {"pod_statuses": "[]", "events": "[]", "log_tails": None, "collected_at": "2026-11-24T13:00:00+01:00"}

    pending = http.get(f"/agents/{agent.id}/diagnostics/pending", pak=agent.pak).json()
    before = http.get(path, pak=http.admin).json()
    claimed = http.post(f"{path}/claim", pak=agent.pak)
    result = http.post(f"{path}/result", pak=agent.pak, json=found)
    after = http.get(path, pak=agent.pak).json()

    assert asked.status_code == 201
    assert set(asked.json()) == {
        "id", "agent_id", "deployment_object_id", "status", "requested_by", "created_at", "claimed_at",
        "completed_at", "expires_at",
    }  # fmt: skip
    assert pending == [asked.json()]
    assert before == {"request": asked.json()}
    assert (claimed.status_code, claimed.json()["status"]) == (200, "claimed")
    assert result.status_code == 201
    assert set(result.json()) == {
        "id", "request_id", "pod_statuses", "events", "log_tails", "collected_at", "created_at",
    }  # fmt: skip
    assert result.json()["collected_at"] == "2026-11-24T12:00:00Z"
    assert (after["request"]["status"], after["result"]) == ("completed", result.json())
