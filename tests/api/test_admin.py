"""
What only the admin asks: the audit log as it is answered, and whose PAKs there are.
"""

import logging
import re
from datetime import UTC, datetime

import pytest

from app import app
from chalicelib.services import configuration
from tests.support.factories import new_agent, new_generator, new_stack

AGENT = {"User-Agent": "curl/8"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


def logs(http, query=""):
    answer = http.get(f"/admin/audit-logs{query}", pak=http.admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_log_has_every_field_of_the_contract(http):
    generator = new_generator(http)
    stack = new_stack(http, generator)

    answer = logs(http, f"?resource_id={stack}")

    assert {name: answer[name] for name in ("total", "count", "limit", "offset")} == {
        "total": 1,
        "count": 1,
        "limit": 100,
        "offset": 0,
    }
    [row] = answer["logs"]
    assert set(row) - {"ip_address", "user_agent"} == {
        "id", "timestamp", "actor_type", "actor_id", "actor_name", "action", "resource_type", "resource_id", "details",
        "created_at",
    }  # fmt: skip
    assert (row["actor_type"], row["actor_id"], row["action"]) == ("generator", generator.id, "stack.created")
    assert row["actor_name"].startswith("ci-")
    assert row["created_at"] == row["timestamp"]


def test_a_page_is_cut_where_it_is_asked_to_be(http):
    for _ in range(3):
        new_generator(http)

    page = logs(http, "?action=generator.*&limit=2&offset=1")

    assert (page["total"], page["count"], page["limit"], page["offset"]) == (3, 2, 2, 1)
    assert page["logs"] == logs(http, "?action=generator.*")["logs"][1:]


@pytest.mark.parametrize(
    ("query", "limit", "offset"),
    [("?limit=0", 1, 0), ("?limit=5000", 1000, 0), ("?limit=-1&offset=-7", 1, 0), ("?offset=3", 100, 3)],
)
def test_limit_and_offset_are_clamped(http, query, limit, offset):
    answer = logs(http, query)

    assert (answer["limit"], answer["offset"]) == (limit, offset)


@pytest.mark.parametrize(
    "query",
    [
        "actor_type=root",
        "actor_id=nonsense",
        "action=Stack!",
        "resource_type=%00",
        "resource_id=5",
        "from=yesterday",
        "from=2026-11-24",
        "to=2026-11-24T12:00:00",
        "to=2026-11-24T12:00:00+01:00",
        "to=0001-01-01T00:00:00%2B23:00",
        "to=2026-13-24T12:00:00Z",
        "limit=ten",
        "limit=",
        "offset=1.5",
        "action=a*&action=b*",
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_by_its_name(http, query):
    answer = http.get(f"/admin/audit-logs?{query}", pak=http.admin)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_query")
    assert query.partition("=")[0] in answer.json()["message"]


def test_a_span_of_time_includes_where_it_begins_and_not_where_it_ends(http):
    new_generator(http)
    [row] = logs(http, "?action=generator.created")["logs"]
    at = row["timestamp"]

    assert logs(http, f"?action=generator.*&from={at}")["total"] == 1
    assert logs(http, f"?action=generator.*&to={at}")["total"] == 0
    assert logs(http, f"?from={at.replace('Z', '%2B00:00')}&action=generator.*")["total"] == 1


def test_an_answer_s_actor_has_an_address_that_no_header_can_forge(http):
    headers = AGENT | {"X-Forwarded-For": "203.0.113.1", "Forwarded": "for=203.0.113.1"}

    http.post("/generators", pak=http.admin, headers=headers, json={"name": "ci"})

    [row] = logs(http, "?action=generator.created")["logs"]
    assert row.get("ip_address") != "203.0.113.1"
    assert row["user_agent"] == "curl/8"


def test_a_user_agent_is_cut(http):
    http.post("/generators", pak=http.admin, headers={"User-Agent": "x" * 5000}, json={"name": "ci"})

    [row] = logs(http, "?action=generator.created")["logs"]
    assert row["user_agent"] == "x" * 256


def test_a_refused_pak_is_on_record_without_any_part_of_it(http):
    refused = "brokkr_BRsecret1_muchmoresecret"

    answer = http.get("/agents", pak=refused)

    found = logs(http, "?action=auth.failed")
    assert answer.status_code == 401
    assert "secret" not in str(found)
    assert [row["details"]["path"] for row in found["logs"]] in ([], ["/agents"])


def test_a_request_without_a_pak_is_not_on_record(http):
    assert http.get("/agents").status_code == 401

    assert logs(http, "?action=auth.*")["total"] == 0


def test_whose_paks_there_are(http):
    generator, _ = new_generator(http), new_agent(http)

    paks = http.get("/paks", pak=http.admin).json()

    assert {one["name"] for one in paks} >= {"admin-generator"}
    assert generator.id in {one["id"] for one in paks}
    assert all(set(one) == {"id", "name"} for one in paks)
    assert "__system__" not in {one["name"] for one in paks}


def test_nobody_is_connected_where_there_are_no_web_sockets(http):
    answer = http.get("/admin/ws/connections", pak=http.admin)

    assert answer.json() == {"connected_agents": 0, "connections": [], "live_subscribers": 0}


@pytest.mark.parametrize("path", ["//internal/ws/agent", f"/stacks/{'0' * 32}/live", "/fleet/live"])
def test_a_web_socket_is_answered_501_whoever_asks(http, path):
    """
    Brokkr's agent takes 401 and 403 for a refusal of its PAK, and anything else as a reason to keep polling.
    """
    for pak in (None, http.admin, "nonsense"):
        answer = http.get(path, pak=pak)
        assert (answer.status_code, answer.json()["code"]) == (501, "not_implemented")


@pytest.fixture
def log():
    """
    The app's, as it was afterwards.
    """
    yield app.log
    configuration.current.take({}, datetime.min.replace(tzinfo=UTC))
    app.log.setLevel("INFO")


def test_a_reload_says_what_it_changed_and_the_next_request_goes_by_it(http, log):
    configuration.save("log.level", "WARNING")

    first = http.post("/admin/config/reload", pak=http.admin)
    again = http.post("/admin/config/reload", pak=http.admin)

    assert first.status_code == 200
    assert MOMENT.fullmatch(first.json().pop("reloaded_at"))
    assert first.json()["changes"] == [{"key": "log.level", "old_value": "INFO", "new_value": "WARNING"}]
    assert (first.json()["success"], first.json()["message"]) == (True, "1 setting(s) updated")
    assert (again.json()["changes"], again.json()["message"]) == ([], "No changes detected")
    assert log.level == logging.WARNING
