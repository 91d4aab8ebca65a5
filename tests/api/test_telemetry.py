"""
Telemetry over HTTP: the answers' shapes, and what a query and a body may hold.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.factories import new_agent, new_generator, new_object, new_stack, new_target

NOON = "2026-11-24T12:00:00Z"


class Edge:
    """
    An agent that was given a stack.
    """

    def __init__(self, http):
        self.http, self.generator = http, new_generator(http)
        self.stack = new_stack(http, self.generator)
        new_object(http, self.generator, self.stack)
        self.agent = self.another_agent()

    def another_agent(self):
        agent = new_agent(self.http)
        new_target(self.http, agent, self.stack)
        self.http.get(f"/agents/{agent.id}/target-state", pak=agent.pak)
        return agent

    def line(self, text="listening", **more):
        about = {"stack_id": self.stack, "namespace": "shop", "pod": "web-1", "container": "web", "ts": NOON}
        return {**about, "line": text, **more}

    def report(self, **batch):
        return self.http.post(f"/agents/{self.agent.id}/telemetry", pak=self.agent.pak, json=batch)

    def get(self, what, query=""):
        return self.http.get(f"/stacks/{self.stack}/{what}{query}", pak=self.generator.pak)


@pytest.fixture
def edge(http):
    return Edge(http)


@pytest.mark.parametrize(("what", "rows"), [("events", {"events": []}), ("logs", {"lines": [], "gaps": []})])
def test_a_stack_without_telemetry_says_how_long_it_would_be_kept(edge, what, rows):
    answer = edge.get(what).json()

    hint = answer["retention"].pop("long_term_sink_hint")
    assert answer == {
        "retention": {
            "retention_ceiling_seconds": 21600,
            "effective_retention_seconds": 21600,
            "oldest_available_ts": None,
        },
        **rows,
    }
    assert "6 hours" in hint
    assert "Datadog" in hint


def test_what_an_agent_reports_is_shown_as_the_contract_has_it(edge):
    involved = {"api_version": "v1", "kind": "Pod", "namespace": "shop", "name": "web-1", "uid": "u-1"}
    event = {
        "stack_id": edge.stack,
        "observed_at": "2026-11-24T13:00:00+01:00",
        "reason": "BackOff",
        "message": "Back-off restarting",
        "event_type": "Warning",
        "source": None,
        "involved_object": involved,
    }
    gap = {"stack_id": edge.stack, "since_ts": NOON, "dropped_count": 7, "reason": "rate_limit"}

    reported = edge.report(events=[event], lines=[edge.line()], gaps=[gap])

    events, logs = edge.get("events").json(), edge.get("logs").json()
    [shown], [line], [left_out] = events["events"], logs["lines"], logs["gaps"]
    ids = {"id", "agent_id", "created_at"}
    assert (reported.status_code, reported.content) == (204, b"")
    assert {name: value for name, value in shown.items() if name not in ids} == {**event, "observed_at": NOON}
    assert {name: value for name, value in line.items() if name not in ids} == edge.line()
    assert {name: value for name, value in left_out.items() if name not in ids} == gap
    assert {shown["agent_id"], line["agent_id"], left_out["agent_id"]} == {edge.agent.id}
    assert {events["retention"]["oldest_available_ts"]} == {logs["retention"]["oldest_available_ts"]}
    assert events["retention"]["oldest_available_ts"] == shown["created_at"]


def test_a_limit_that_is_out_of_bounds_means_the_bound(edge):
    edge.report(lines=[edge.line(str(number)) for number in range(600)])

    shown = {limit: len(edge.get("logs", f"?limit={limit}").json()["lines"]) for limit in (-5, 0, 1, 2, 600, 10**17)}

    assert shown == {-5: 1, 0: 1, 1: 1, 2: 2, 600: 600, 10**17: 600}
    assert len(edge.get("logs").json()["lines"]) == 500


def test_since_leaves_out_what_reached_the_broker_before(edge):
    edge.report(lines=[edge.line()])
    hour = timedelta(hours=1)
    now = datetime.now(UTC).replace(tzinfo=None)

    shown = [len(edge.get("logs", f"?since={at.isoformat()}Z").json()["lines"]) for at in (now - hour, now + hour)]

    assert shown == [1, 0]


def test_an_agent_that_reports_too_often_is_told_how_long_to_wait(edge):
    edge.report(lines=[edge.line()])

    refused = edge.report(lines=[edge.line()])

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 5 <= int(refused.headers["retry-after"]) <= 10


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ({"lines": [{"stack_id": "nonsense"}]}, "lines[0].stack_id: invalid UUID"),
        ({"gaps": [{"reason": "boredom"}]}, "gaps[0]"),
        ({"events": [{"involved_object": "pod"}]}, "events[0]"),
    ],
)
def test_a_row_that_is_wrong_is_named(edge, batch, said):
    gap = {"stack_id": edge.stack, "since_ts": NOON, "dropped_count": 7, "reason": "rate_limit"}
    event = {"stack_id": edge.stack, "observed_at": NOON, "reason": "r", "message": "m", "event_type": "Normal"}
    valid = {"lines": edge.line(), "gaps": gap, "events": event}

    refused = edge.report(**{name: [valid[name] | rows[0]] for name, rows in batch.items()})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request_body")
    assert said in refused.json()["message"]


def test_a_batch_may_have_a_mebibyte(edge):
    line = edge.line("x" * 16_000)

    refused = edge.report(lines=[line] * 65)

    assert (refused.status_code, refused.json()["code"]) == (413, "payload_too_large")
    assert "1048576 bytes" in refused.json()["message"]
    assert edge.report(lines=[line] * 64).status_code == 204


def test_a_history_that_is_too_large_for_one_answer_names_the_way_out(edge, http):
    """
    What is a byte or four in a request can be fourteen in an answer.
    """
    rockets = {"lines": [edge.line("\N{ROCKET}" * 4_000)] * 60}
    for agent in (edge.agent, edge.another_agent()):
        body = json.dumps(rockets, ensure_ascii=False).encode()
        json_type = {"Content-Type": "application/json"}
        sent = http.post(f"/agents/{agent.id}/telemetry", pak=agent.pak, content=body, headers=json_type)
        assert sent.status_code == 204

    refused = edge.get("logs")

    assert (refused.status_code, refused.json()["code"]) == (413, "response_too_large")
    assert "?limit=" in refused.json()["message"]
    assert len(edge.get("logs", "?limit=60").json()["lines"]) == 60
