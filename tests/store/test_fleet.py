"""
Of which stacks an agent says that they are not well, whoever else is writing.
"""

from uuid import uuid4

import pytest

from chalicelib.domain.deployment_health import DEGRADED, FAILING, HEALTHY, UNKNOWN
from chalicelib.domain.fleet import Unwell
from chalicelib.store.fleet import AgentHealthItem, forget_health, note_health
from tests.support.recorder import recorder

ONE, OTHER = uuid4(), uuid4()


@pytest.fixture
def agent(table):
    return uuid4()


def kept(agent):
    item = AgentHealthItem.at(agent)
    item.refresh(consistent_read=True)
    return item.read()


def test_a_stack_is_in_one_set_at_most_by_the_last_word_on_it(agent):
    """
    DynamoDB refuses an update that adds to a set and takes from it: of what fails one goes here and another comes.
    """
    note_health(agent, {ONE: FAILING, OTHER: DEGRADED})
    assert kept(agent) == Unwell(failing={ONE}, degraded={OTHER})

    note_health(agent, {ONE: DEGRADED, OTHER: FAILING})
    assert kept(agent) == Unwell(failing={OTHER}, degraded={ONE})

    note_health(agent, {ONE: HEALTHY})
    assert kept(agent) == Unwell(failing={OTHER})

    note_health(agent, {OTHER: UNKNOWN})
    assert kept(agent) == Unwell()


def healed(agent):
    note_health(agent, {ONE: HEALTHY})


def fell_ill(agent):
    note_health(agent, {ONE: DEGRADED})


def left(agent):
    forget_health(agent, ONE)


@pytest.mark.parametrize(
    ("happens", "stays"), [(healed, Unwell()), (fell_ill, Unwell(degraded={ONE})), (left, Unwell())]
)
def test_what_happens_between_the_read_and_the_write_of_a_report_stays(happens, stays, agent):
    """
    Each report wrote the whole sets, as it had read them: a stack that another request had just taken out was in them
    again, and where it had left the agent nobody took it out any more.
    """
    note_health(agent, {ONE: FAILING})

    with recorder.after_the_first("GetItem", lambda: happens(agent)):
        note_health(agent, {OTHER: FAILING})

    assert kept(agent) == Unwell(stays.failing | {OTHER}, stays.degraded)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({ONE: FAILING}, ["GetItem"]),
        ({OTHER: HEALTHY}, ["GetItem"]),
        ({ONE: DEGRADED}, ["GetItem", "UpdateItem"]),
        ({ONE: FAILING, OTHER: FAILING}, ["GetItem", "UpdateItem"]),
        ({ONE: HEALTHY, OTHER: DEGRADED}, ["GetItem", "UpdateItem"]),
        ({ONE: HEALTHY, OTHER: FAILING}, ["GetItem", "UpdateItem", "UpdateItem"]),
    ],
)
def test_what_is_no_news_is_not_written_and_news_are_written_at_once(said, asked, agent):
    note_health(agent, {ONE: FAILING})

    with recorder.listening() as calls:
        note_health(agent, said)

    assert [operation for operation, _ in calls] == asked
