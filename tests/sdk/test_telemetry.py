from datetime import UTC, datetime, timedelta, timezone

import pytest
from brokkr_broker_client import helpers
from brokkr_broker_client.api.stack_telemetry import list_telemetry_events, list_telemetry_logs

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
POD = {"api_version": "v1", "kind": "Pod", "namespace": "shop", "name": "web-1", "uid": None}
SIX_HOURS = 21600


@pytest.fixture
def told(agent, stack, pushed):
    """
    The SDK cannot tell what an agent tells, and lends its connection.
    """
    agent.serve(stack)
    event = {"observed_at": NOW.isoformat(), "reason": "BackOff", "message": "Back-off", "event_type": "Warning"}
    line = {"namespace": "shop", "pod": "web-1", "container": "web", "ts": NOW.isoformat(), "line": "listening"}
    batch = {
        "events": [{"stack_id": str(stack), **event, "source": "kubelet", "involved_object": POD}],
        "lines": [{"stack_id": str(stack), **line}],
    }
    answer = agent.client.get_httpx_client().post(f"/agents/{agent.id}/telemetry", json=batch)
    assert answer.status_code == 204, answer.text


def test_a_stack_without_telemetry_says_how_long_it_would_be_kept(generator, stack):
    kept = [generator.ask(list_telemetry_events, stack).retention, generator.ask(list_telemetry_logs, stack).retention]

    for retention in kept:
        assert retention.retention_ceiling_seconds == retention.effective_retention_seconds == SIX_HOURS
        assert "Datadog" in retention.long_term_sink_hint
        assert retention.oldest_available_ts is None


def test_the_events_of_a_stack_can_be_read(generator, agent, stack, told):
    history = generator.ask(list_telemetry_events, stack)

    [event] = history.events
    assert (event.agent_id, event.stack_id, event.observed_at) == (agent.id, stack, NOW)
    assert (event.reason, event.message, event.event_type, event.source) == (
        "BackOff",
        "Back-off",
        "Warning",
        "kubelet",
    )
    assert event.involved_object == POD
    assert history.retention.oldest_available_ts == event.created_at


def test_the_log_of_a_stack_can_be_read(generator, agent, stack, told):
    history = generator.ask(list_telemetry_logs, stack)

    [line] = history.lines
    assert (line.agent_id, line.stack_id, line.ts) == (agent.id, stack, NOW)
    assert (line.namespace, line.pod, line.container, line.line) == ("shop", "web-1", "web", "listening")
    assert history["gaps"] == []


@pytest.mark.parametrize(("operation", "what"), [(list_telemetry_events, "events"), (list_telemetry_logs, "lines")])
def test_a_moment_in_the_query_means_what_it_says(generator, stack, told, operation, what):
    elsewhere = timezone(timedelta(hours=-7, minutes=-30))
    now = datetime.now(UTC)
    moments = [(now + span).astimezone(zone) for span in (-MINUTE, 10 * MINUTE) for zone in (UTC, elsewhere)]

    shown = [len(getattr(generator.ask(operation, stack, since=since), what)) for since in moments]

    assert shown == [1, 1, 0, 0]


@pytest.mark.parametrize("operation", [list_telemetry_events, list_telemetry_logs])
def test_a_moment_without_a_zone_is_refused(generator, stack, operation):
    """
    Whose noon it would be, nobody can tell. The SDK knows no 400 here, and parses nothing.
    """
    answer = generator.answer(operation, stack, since=NOW.replace(tzinfo=None))

    assert (answer.status_code, answer.parsed) == (400, None)
    assert b"since: a timestamp needs its zone" in answer.content


def test_no_more_is_shown_than_was_asked_for(generator, stack, told):
    assert len(generator.ask(list_telemetry_logs, stack, limit=1).lines) == 1


def test_the_wrapper_reads_both(generator, stack, told):
    events = generator.wrapped(lambda brokkr: brokkr.list_telemetry_events(stack, since=NOW - MINUTE, limit=10))
    logs = generator.wrapped(lambda brokkr: brokkr.list_telemetry_logs(stack, limit=10))

    assert events == generator.ask(list_telemetry_events, stack)
    assert logs == generator.ask(list_telemetry_logs, stack)


def test_the_helpers_read_both(generator, stack, told):
    events = helpers.list_telemetry_events(generator.client, stack, since=NOW - MINUTE, limit=10)
    logs = helpers.list_telemetry_logs(generator.client, stack, limit=10)

    assert events == generator.ask(list_telemetry_events, stack)
    assert logs == generator.ask(list_telemetry_logs, stack)


def test_who_wants_it_live_is_told_that_it_is_not_offered(sdk, generator, stack):
    address = helpers.live_subscription_url(sdk.url, stack).replace("ws://", "http://")

    answer = generator.client.get_httpx_client().get(address)

    assert (answer.status_code, answer.json()["code"]) == (501, "not_implemented")
