from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chalicelib.domain.events import AgentEvent
from chalicelib.store import agent_events
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def add(agent_id, at=NOON, message=None):
    event = AgentEvent(
        id=uuid4(),
        agent_id=agent_id,
        deployment_object_id=uuid4(),
        event_type="DEPLOY",
        status="SUCCESS",
        message=message,
        created_at=at,
        updated_at=at,
    )
    agent_events.add(event)
    return event


def test_an_event_stands_under_its_agent_and_its_time_and_expires_in_a_month(table):
    agent_id = uuid4()

    event = add(agent_id)

    [row] = rows(table)
    assert row["pk"]["S"] == f"EVENTS#{agent_id}"
    assert row["sk"]["S"] == f"2026-11-24T12:00:00+00:00#{event.id}"
    assert int(row["expires_at"]["N"]) == (NOON + MONTH).timestamp()
    assert agent_events.find_event(event.id, NOON) == event


def test_events_are_listed_the_newest_first_also_within_a_second(table):
    agent_id = uuid4()
    events = [add(agent_id, NOON + timedelta(microseconds=after)) for after in (0, 1, 500_000, 1_000_000)]
    add(uuid4())

    assert list(agent_events.of_agent(agent_id, NOON)) == list(reversed(events))


def test_events_are_listed_from_one_of_them_on_in_queries_of_any_size(table):
    agent_id = uuid4()
    oldest, older, newer, _ = [add(agent_id, NOON + timedelta(microseconds=after)) for after in range(4)]

    assert list(agent_events.of_agent(agent_id, NOON, before=newer, page_size=1)) == [older, oldest]
    assert list(agent_events.of_agent(agent_id, NOON, before=oldest)) == []


def test_events_are_listed_to_the_last_however_long_their_messages(table):
    agent_id = uuid4()
    for second in range(6):
        add(agent_id, NOON + timedelta(seconds=second), message="x" * 256 * 1024)

    assert len(list(agent_events.of_agent(agent_id, NOON))) == 6


def test_an_expired_event_is_not_shown_though_it_may_still_be_there(table):
    agent_id = uuid4()
    event = add(agent_id)

    assert list(agent_events.of_agent(agent_id, NOON + MONTH - timedelta(seconds=1))) == [event]
    assert list(agent_events.of_agent(agent_id, NOON + MONTH)) == []
    assert agent_events.find_event(event.id, NOON + MONTH) is None
    assert agent_events.refresh(agent_id, agent_events.place(event), NOON + MONTH) is None


def test_a_refreshed_event_stays_in_its_place_and_lives_longer(table):
    agent_id, later = uuid4(), NOON + timedelta(days=20)
    event = add(agent_id)

    refreshed = agent_events.refresh(agent_id, agent_events.place(event), later)

    assert (refreshed.id, refreshed.created_at, refreshed.updated_at) == (event.id, NOON, later)
    assert list(agent_events.of_agent(agent_id, NOON + MONTH)) == [refreshed]


def test_what_is_not_there_is_neither_found_nor_refreshed(table):
    assert agent_events.find_event(uuid4(), NOON) is None
    assert agent_events.refresh(uuid4(), "2026#none", NOON) is None
    assert rows(table) == []
