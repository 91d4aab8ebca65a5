"""
A rollout as a pipeline reads it.
"""

import pytest

from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target


@pytest.fixture
def generator(http):
    return new_generator(http)


@pytest.fixture
def agent(http):
    return new_agent(http, name="edge-1", cluster_name="west")


@pytest.fixture
def stack(http, generator, agent):
    stack_id = new_stack(http, generator)
    new_target(http, agent, stack_id)
    return stack_id


def report(http, agent, object_id, status, message=None):
    body = {
        "agent_id": agent.id,
        "deployment_object_id": object_id,
        "event_type": "DEPLOY",
        "status": status,
        "message": message,
    }
    assert http.post(f"/agents/{agent.id}/events", pak=agent.pak, json=body).status_code == 201


def test_it_tells_a_generator_how_its_push_fares(http, generator, agent, stack):
    pushed = new_object(http, generator, stack)
    report(http, agent, pushed["id"], "SUCCESS")
    record = {
        "id": pushed["id"],
        "status": "degraded",
        "checked_at": "2026-11-24T12:00:00Z",
        "summary": {
            "pods_ready": 1,
            "pods_total": 2,
            "conditions": ["ImagePullBackOff"],
            "resources": [{"kind": "Pod", "name": "web-1", "namespace": "shop", "ready": False}],
        },
    }
    http.patch(f"/agents/{agent.id}/health-status", pak=agent.pak, json={"deployment_objects": [record]})

    told = http.get(f"/stacks/{stack}/rollout", pak=generator.pak).json()

    [one] = told.pop("agents")
    assert told == {
        "stack_id": stack,
        "deployment_object_id": pushed["id"],
        "sequence_id": 1,
        "is_newest": True,
        "is_deletion_marker": False,
        "verdict": "progressing",
        "message": "Applied in 1 of 1, healthy in 0.",
        "matched": {"total": 1, "by_target": 1, "by_label": 0, "by_annotation": 0},
    }
    assert one.pop("since")
    assert one.pop("applied_at")
    assert one == {
        "name": "edge-1",
        "cluster_name": "west",
        "matched_by": ["target"],
        "state": "degraded",
        "errors": [],
        "conditions": ["ImagePullBackOff"],
        "pods_ready": 1,
        "pods_total": 2,
        "resources": [{"kind": "Pod", "name": "web-1", "namespace": "shop", "ready": False, "message": None}],
    }


def test_an_unchanged_rollout_is_not_sent_again(http, generator, agent, stack):
    pushed = new_object(http, generator, stack)
    path = f"/stacks/{stack}/rollout?deployment_object_id={pushed['id']}"
    etag = http.get(path, pak=generator.pak).headers["ETag"]

    unchanged = http.get(path, pak=generator.pak, headers={"If-None-Match": etag})
    report(http, agent, pushed["id"], "FAILURE", "ConfigMap/default/a: refused")
    changed = http.get(path, pak=generator.pak, headers={"If-None-Match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.json()["agents"][0]["errors"] == ["ConfigMap/default/a: refused"]


def test_where_nothing_was_pushed_there_is_nothing_to_tell(http, generator, stack):
    other = new_object(http, generator, new_stack(http, generator))

    for query in ("", f"?deployment_object_id={other['id']}"):
        answer = http.get(f"/stacks/{stack}/rollout{query}", pak=generator.pak)
        assert (answer.status_code, answer.json()["code"]) == (404, "deployment_object_not_found")
