"""
What an agent says of all that it has, whoever else is writing.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.confirmations import Confirmation, write_units
from chalicelib.domain.deployment_health import DEGRADED, FAILING, HEALTHY, UNKNOWN
from chalicelib.domain.fleet import AgentHealth
from chalicelib.settings import settings
from chalicelib.store.fleet import confirmations, find_health, forget_health, last_confirmed, note_health
from tests.support.recorder import recorder
from tests.support.world import rows

ONE, OTHER = uuid4(), uuid4()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def agent(table):
    return uuid4()


def say(agent, said, confirmed=None):
    note_health(agent, find_health(agent), said, confirmed)


def unwell(agent):
    return find_health(agent).unwell


def confirmed(*ids, at=NOON):
    return Confirmation(reported_at=at, checked_at=at - SECOND, object_ids=frozenset(ids))


def test_a_stack_is_called_by_the_last_word_on_it(agent):
    say(agent, {ONE: FAILING, OTHER: DEGRADED})
    assert unwell(agent) == {ONE: FAILING, OTHER: DEGRADED}

    say(agent, {ONE: DEGRADED, OTHER: FAILING})
    assert unwell(agent) == {ONE: DEGRADED, OTHER: FAILING}

    say(agent, {ONE: HEALTHY})
    assert unwell(agent) == {OTHER: FAILING}

    say(agent, {OTHER: UNKNOWN})
    assert unwell(agent) == {}


def healed(agent):
    say(agent, {ONE: HEALTHY})


def fell_ill(agent):
    say(agent, {ONE: DEGRADED})


def left(agent):
    forget_health(agent, ONE)


@pytest.mark.parametrize(("happens", "stays"), [(healed, {}), (fell_ill, {ONE: DEGRADED}), (left, {})])
def test_what_happens_between_the_read_and_the_write_of_a_report_stays(happens, stays, agent):
    """
    Each report wrote all that was not well, as it had read it: a stack that another request had just taken out was in
    it again, and where it had left the agent nobody took it out any more.
    """
    say(agent, {ONE: FAILING})
    kept = find_health(agent)

    happens(agent)
    note_health(agent, kept, {OTHER: FAILING})

    assert unwell(agent) == {**stays, OTHER: FAILING}


def test_of_two_first_reports_at_once_none_is_lost(agent):
    nothing = find_health(agent)

    note_health(agent, nothing, {ONE: FAILING})
    note_health(agent, nothing, {OTHER: DEGRADED}, [confirmed(ONE)])

    assert find_health(agent) == AgentHealth(unwell={ONE: FAILING, OTHER: DEGRADED}, confirmed=[confirmed(ONE)])


@pytest.mark.parametrize(("word", "stays"), [(DEGRADED, {ONE: DEGRADED}), (HEALTHY, {})])
def test_a_late_report_of_an_agent_that_was_deleted_is_taken(word, stays, agent, table):
    say(agent, {ONE: FAILING})
    kept = find_health(agent)
    [row] = rows(table)
    table.delete_item(TableName="brokkr", Key={"pk": row["pk"], "sk": row["sk"]})

    note_health(agent, kept, {ONE: word})

    assert unwell(agent) == stays


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({ONE: FAILING}, []),
        ({OTHER: HEALTHY}, []),
        ({ONE: DEGRADED}, ["UpdateItem"]),
        ({ONE: FAILING, OTHER: FAILING}, ["UpdateItem"]),
        ({ONE: HEALTHY, OTHER: DEGRADED}, ["UpdateItem"]),
        ({ONE: HEALTHY, OTHER: FAILING}, ["UpdateItem"]),
    ],
)
def test_what_is_no_news_is_not_written_and_news_are_written_at_once(said, asked, agent):
    say(agent, {ONE: FAILING})
    kept = find_health(agent)

    with recorder.listening() as calls:
        note_health(agent, kept, said)

    assert [operation for operation, _ in calls] == asked


def test_the_first_word_takes_one_write_too(agent):
    with recorder.listening() as calls:
        note_health(agent, AgentHealth(), {ONE: FAILING}, [confirmed(ONE)])

    assert [operation for operation, _ in calls] == ["UpdateItem"]


def test_what_is_confirmed_is_kept_as_it_was_said(agent):
    said = [confirmed(ONE, OTHER), confirmed(uuid4(), at=NOON + SECOND)]

    say(agent, {}, said)

    assert find_health(agent) == AgentHealth(unwell={}, confirmed=said)
    assert confirmations([agent, uuid4()]) == {agent: said}


def test_no_news_leave_what_was_confirmed(agent):
    say(agent, {}, [confirmed(ONE)])

    say(agent, {ONE: FAILING})

    assert find_health(agent) == AgentHealth(unwell={ONE: FAILING}, confirmed=[confirmed(ONE)])


@pytest.mark.parametrize(("count", "ill"), [(0, 1), (10, 5), (35, 5), (100, 5), (100, 100), (1000, 3)])
def test_what_is_kept_takes_no_more_than_is_reckoned(count, ill, agent, table):
    said = [confirmed(*(uuid4() for _ in range(count))), confirmed(uuid4(), at=NOON + SECOND)]

    say(agent, {uuid4(): DEGRADED for _ in range(ill)}, said)

    [row] = rows(table)
    words = row.pop("unwell")["M"]
    texts = [text for name, value in row.items() if name != "confirmed" for text in value.values()]
    size = sum(map(len, [*row, *texts])) + len(row["confirmed"]["B"]) * 3 // 4
    size += len("unwell") + 3 + sum(len(id) + len(word["S"]) + 1 for id, word in words.items())
    assert -(-size // 1024) <= write_units(said, ill)


def test_a_confirmation_is_read_once_while_it_keeps_a_word_fresh(agent):
    """
    Of the one object that was asked for: what else an agent confirmed with it was remembered for each of them.
    """
    say(agent, {}, [confirmed(ONE), confirmed(ONE, OTHER, at=NOON + SECOND)])

    with recorder.listening() as calls:
        found = [last_confirmed(ONE, [agent], NOON + settings.agent_silence) for _ in range(2)]
        late = last_confirmed(ONE, [agent], NOON + 2 * SECOND + settings.agent_silence)
        absent = [last_confirmed(uuid4(), [agent], NOON) for _ in range(2)]

    assert found == [{agent: confirmed(ONE, at=NOON + SECOND)}] * 2 == [late, late]
    assert absent == [{}, {}]
    assert [operation for operation, _ in calls] == ["BatchGetItem"] * 4
