import pytest

from agent.changes import Action, Change
from agent.outcome import NEVER, News, Outcome
from tests.support.bundles import refs
from tests.support.house import Clock

LEAVING = [Change(ref, Action.LEAVING, note="still being deleted, held by example.test/x") for ref in refs("a")]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outcome(clock):
    return Outcome(clock, lambda low, high: 1.0)


def test_the_same_outcome_is_news_once(outcome):
    told = [outcome.settle("o", errors, [], []) for errors in (["no"], ["no"], [], [], ["no"])]

    assert told == [News("o", "no"), None, News("o", None), None, News("o", "no")]


def test_a_success_needs_no_other_try(outcome):
    outcome.settle("o", [], [], [])

    assert (outcome.is_success_of("o"), outcome.is_success_of("p"), outcome.retry_at) == (True, False, NEVER)


def test_failures_are_tried_ever_more_rarely_up_to_five_minutes(outcome):
    pauses = []
    for _ in range(12):
        outcome.settle("o", ["no"], [], [])
        pauses.append(outcome.retry_at)

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]


def test_a_new_object_starts_with_a_new_patience(outcome):
    for _ in range(5):
        outcome.settle("o", ["no"], [], [])
    outcome.settle("p", ["no"], [], [])

    assert outcome.retry_at == 2


def test_what_is_being_deleted_is_waited_for_and_then_said_with_what_holds_it(outcome, clock):
    first = outcome.settle("o", [], [], LEAVING)
    soon = outcome.retry_at
    clock.now = 61.0
    then = outcome.settle("o", [], [], LEAVING)
    late = outcome.retry_at
    at_last = outcome.settle("o", [], [], [])

    assert (first, soon) == (None, 1.0)
    told = "ConfigMap/default/a: still being deleted, held by example.test/x"
    assert (then, late) == (News("o", told), 61.0 + 30.0)
    assert at_last == News("o", None)


def test_a_fight_is_told_but_not_tried_again(outcome):
    news = outcome.settle("o", [], ["a: fought over"], [])

    assert (news, outcome.retry_at) == (News("o", "a: fought over"), NEVER)


def test_a_pass_that_could_not_be_finished_goes_on_soon(outcome):
    assert [outcome.put_off() for _ in range(6)] == [2, 4, 8, 16, 30, 30]


def test_what_the_broker_is_told():
    assert News("o", None).event("a")["status"] == "SUCCESS"
    assert News("o", "no").event("a") == {
        "agent_id": "a",
        "deployment_object_id": "o",
        "event_type": "DEPLOY",
        "status": "FAILURE",
        "message": "no",
    }
