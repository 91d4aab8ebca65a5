"""
Health as agents send it and as operators read it, field by field.
"""

import json
from uuid import uuid4

import pytest

from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target

CHECKED = "2026-11-24T12:00:00Z"
SUMMARY = {
    "pods_ready": 1,
    "pods_total": 2,
    "conditions": ["ImagePullBackOff"],
    "resources": [
        {"kind": "Pod", "name": "web-1", "namespace": "shop", "ready": False, "message": "no such image"},
        {"kind": "Service", "name": "web", "namespace": "shop", "ready": True},
    ],
}


@pytest.fixture
def place(http):
    return Place(http)


class Place:
    """
    An agent that serves a stack with one object.
    """

    def __init__(self, http):
        self.http = http
        generator = new_generator(http)
        self.agent = new_agent(http)
        self.stack = new_stack(http, generator)
        new_target(http, self.agent, self.stack)
        self.object = new_object(http, generator, self.stack)["id"]

    def report(self, *records):
        body = {"deployment_objects": list(records)}
        return self.http.patch(f"/agents/{self.agent.id}/health-status", pak=self.agent.pak, json=body)

    def record(self, **values):
        return {"id": self.object, "status": "degraded", "checked_at": CHECKED} | values

    def read(self, path):
        return self.http.get(path, pak=self.http.admin).json()


def test_what_an_agent_reports_is_read_back(place):
    answer = place.report(place.record(summary=SUMMARY))

    of_object = place.read(f"/deployment-objects/{place.object}/health")
    [record] = of_object.pop("health_records")
    assert (answer.status_code, answer.content) == (200, b"")
    assert of_object == {"deployment_object_id": place.object, "overall_status": "degraded"}
    assert set(record) == {
        "id", "agent_id", "deployment_object_id", "status", "summary", "checked_at", "created_at", "updated_at"
    }  # fmt: skip
    assert (record["agent_id"], record["deployment_object_id"]) == (place.agent.id, place.object)
    assert (record["status"], record["checked_at"]) == ("degraded", CHECKED)
    assert json.loads(record["summary"]) == SUMMARY


def test_a_stack_is_as_well_as_its_objects(place):
    place.report(place.record(status="failing"))

    assert place.read(f"/stacks/{place.stack}/health") == {
        "stack_id": place.stack,
        "overall_status": "failing",
        "deployment_objects": [
            {
                "id": place.object,
                "status": "failing",
                "healthy_agents": 0,
                "degraded_agents": 0,
                "failing_agents": 1,
            }
        ],
    }


def test_of_what_is_not_there_nobody_says_anything(place):
    nothing = str(uuid4())

    assert place.read(f"/stacks/{nothing}/health") == {
        "stack_id": nothing,
        "overall_status": "unknown",
        "deployment_objects": [],
    }
    assert place.read(f"/deployment-objects/{nothing}/health") == {
        "deployment_object_id": nothing,
        "overall_status": "unknown",
        "health_records": [],
    }


def test_nothing_to_report_is_a_report(place):
    assert place.report().status_code == 200


def test_a_record_without_a_summary_has_none(place):
    place.report(place.record())

    [record] = place.read(f"/deployment-objects/{place.object}/health")["health_records"]
    assert record["summary"] is None


@pytest.mark.parametrize("status", ["", "Healthy", "ok", "unhealthy", "x" * 300, "healthy\0"])
def test_there_are_four_words_for_health(place, status):
    answer = place.report(place.record(), place.record(status=status))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_health_record")
    assert "status" in answer.json()["message"]
    assert place.read(f"/deployment-objects/{place.object}/health")["health_records"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 5),
        ("id", "nonsense"),
        ("status", None),
        ("status", 1),
        ("checked_at", None),
        ("checked_at", "yesterday"),
        ("checked_at", 1732449600),
        ("checked_at", "2026-11-24"),
        ("checked_at", "2026-11-24T12:00:00"),
        ("checked_at", "1969-12-31T23:59:59Z"),
        ("checked_at", "0001-01-01T00:00:00+23:59"),
        ("summary", "fine"),
        ("summary", {}),
        ("summary", SUMMARY | {"pods_ready": 1.5}),
        ("summary", SUMMARY | {"pods_ready": 2**31}),
        ("summary", SUMMARY | {"pods_total": 10**50}),
        ("summary", SUMMARY | {"pods_total": None}),
        ("summary", SUMMARY | {"conditions": None}),
        ("summary", SUMMARY | {"conditions": [5]}),
        ("summary", SUMMARY | {"conditions": ["a\0b"]}),
        ("summary", SUMMARY | {"resources": [{"kind": "Pod"}]}),
        ("summary", SUMMARY | {"conditions": ["x" * 70_000]}),
        ("summary", SUMMARY | {"conditions": ["🚀" * 20_000]}),
    ],
)
def test_a_bad_field_is_refused_by_its_name(place, field, value):
    answer = place.report(place.record(**{field: value}))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request_body")
    assert field in answer.json()["message"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"summary": SUMMARY | {"pods_ready": -(2**40)}}, "pods_ready must be from -2147483647 to 2147483647"),
        ({"checked_at": "2026-11-24T12:00:00"}, "checked_at: a timestamp needs its zone"),
    ],
)
def test_a_value_out_of_bounds_is_refused_with_its_bounds(place, changes, said):
    answer = place.report(place.record(**changes))

    assert answer.status_code == 422
    assert said in answer.json()["message"]


def test_half_of_a_surrogate_pair_is_refused(place):
    body = json.dumps({"deployment_objects": [place.record(summary=SUMMARY | {"conditions": ["\ud800"]})]})
    headers = {"Content-Type": "application/json"}

    answer = place.http.patch(
        f"/agents/{place.agent.id}/health-status", pak=place.agent.pak, content=body, headers=headers
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request_body")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59.999999-23:59", "2100-01-01T00:00:00Z"])
def test_a_moment_that_has_not_come_yet_counts_as_now(place, moment):
    place.report(place.record(checked_at=moment))

    [record] = place.read(f"/deployment-objects/{place.object}/health")["health_records"]
    assert record["checked_at"] == record["updated_at"]
