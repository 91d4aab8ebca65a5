"""
When a wait ends, and with which exit code.
"""

from datetime import timedelta

import pytest

from cli.errors import CliError, Exit, Refused, RolloutEnded, Unreachable
from cli.rollouts import Rollout
from cli.waiting import NOBODY_GRACE, Patience, conclude, wait
from tests.support.rollout_rows import agent_row, rollout_row

MINUTE = timedelta(minutes=1)


class Told:
    """
    A broker that answers this, one after another, the last for ever; and a clock that sleep moves.
    """

    def __init__(self, *answers):
        self.answers, self.asked, self.shown = list(answers), [], []
        self.now = 0.0

    def ask(self, object_id, etag, left):
        self.asked.append((object_id, etag))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer and Rollout.of(answer, f"etag-{answer['verdict']}")

    def show(self, rollout, *, is_over):
        self.shown.append((rollout.verdict, is_over))

    def sleep(self, seconds):
        self.now += seconds

    def wait(self, goal="live", object_id="object-7", timeout=MINUTE):
        patience = Patience(timeout=timeout, clock=lambda: self.now, sleep=self.sleep)
        return wait(self.ask, object_id, goal, self, patience)


GOOD = rollout_row("live", agent_row("healthy"))
UNDER_WAY = rollout_row("progressing", agent_row("applied"))
BAD = rollout_row("failed", agent_row("degraded", conditions=["OOMKilled"], pods_ready=0, pods_total=2))


@pytest.mark.parametrize(
    ("answers", "goal", "code"),
    [
        ([UNDER_WAY, GOOD], "live", Exit.LIVE),
        ([UNDER_WAY], "applied", Exit.LIVE),
        ([rollout_row("pending", agent_row("pending")), BAD], "live", Exit.FAILED),
        ([BAD], "applied", Exit.LIVE),
        ([rollout_row("failed", agent_row("failed"))], "applied", Exit.FAILED),
        ([UNDER_WAY, rollout_row("superseded", agent_row("superseded"))], "live", Exit.SUPERSEDED),
        ([UNDER_WAY], "live", Exit.TIMED_OUT),
        ([rollout_row("progressing", agent_row("applied"), agent_row("pending", "b"))], "applied", Exit.TIMED_OUT),
        ([rollout_row("pending", agent_row("applied"), agent_row("silent", "b"))], "applied", Exit.LIVE),
        ([rollout_row("pending", agent_row("silent"))], "applied", Exit.TIMED_OUT),
        ([rollout_row("pending")], "live", Exit.ERROR),
    ],
)
def test_it_ends_by_what_the_broker_says(answers, goal, code):
    told = Told(*answers)

    assert told.wait(goal).code is code
    assert told.shown[-1][1]
    assert not any(is_over for _, is_over in told.shown[:-1])


def test_a_stack_without_agents_is_given_a_while_to_find_one():
    told = Told(rollout_row("pending"))

    told.wait()

    assert told.now == NOBODY_GRACE


def test_the_revision_that_it_begins_with_is_the_one_that_it_waits_for():
    told = Told(UNDER_WAY, GOOD)

    told.wait(object_id=None)

    assert told.asked == [(None, None), ("object-7", "etag-progressing")]


def test_an_unchanged_answer_goes_on_from_what_was_seen():
    told = Told(UNDER_WAY, None, None, GOOD)

    assert told.wait().code is Exit.LIVE
    assert [etag for _, etag in told.asked] == [None, *["etag-progressing"] * 3]


def test_a_broker_that_is_away_for_a_while_is_waited_for():
    told = Told(UNDER_WAY, Unreachable("away"), Refused(503, "unavailable", "busy"), Refused(429, "slow", ""), GOOD)

    assert told.wait().code is Exit.LIVE


def test_a_broker_that_tells_nothing_until_the_end_is_a_time_out():
    with pytest.raises(RolloutEnded, match="the broker told nothing for 1m") as caught:
        Told(Unreachable("away")).wait()

    assert caught.value.code is Exit.TIMED_OUT


def test_a_refusal_ends_it_at_once():
    with pytest.raises(Refused):
        Told(Refused(403, "stack_not_owned", "not yours")).wait()


def test_it_asks_each_second_at_first_and_more_rarely_later():
    told = Told(UNDER_WAY)

    told.wait(timeout=timedelta(minutes=5))

    assert len(told.asked) == 30 + 45 + 36 + 1


def test_the_last_line_says_what_and_why():
    outcome = Told(GOOD).wait()

    assert conclude(outcome, "web", "live", MINUTE) == 'live: stack "web", revision 7: it is live'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            BAD,
            'failed: stack "web", revision 7: it is failed\n  edge-1 (edge): degraded, 0/2 pods ready: OOMKilled',
        ),
        (rollout_row("superseded"), 'superseded: stack "web", revision 7: it is superseded'),
        (UNDER_WAY, 'not live after 1m: stack "web", revision 7: it is progressing'),
        (rollout_row("pending"), 'stack "web", revision 7: it is pending'),
    ],
)
def test_a_bad_end_says_what_and_why_with_the_agents_own_words(answer, message):
    outcome = Told(answer).wait()

    with pytest.raises(CliError) as caught:
        conclude(outcome, "web", "live", MINUTE)

    assert (caught.value.message, caught.value.code) == (message, outcome.code)


def test_who_reaches_no_agent_hears_how_to():
    with pytest.raises(CliError) as caught:
        conclude(Told(rollout_row("pending")).wait(), "web", "live", MINUTE)

    assert any("--target-label" in hint for hint in caught.value.hints)


@pytest.mark.parametrize(
    ("answer", "hints"),
    [
        (BAD, ["mend what the agent says, and push again", "or go back: brokkr rollback web"]),
        (BAD | {"sequence_id": 1}, ["mend what the agent says, and push again"]),
        (rollout_row("superseded"), ["a newer revision took its place: brokkr status web"]),
        (UNDER_WAY, ["wait for longer: brokkr wait web --timeout=15m"]),
        (
            rollout_row("pending", agent_row("pending"), agent_row("silent", "b")),
            ["wait for longer: brokkr wait web --timeout=15m", "a pending agent", "a silent agent"],
        ),
    ],
)
def test_a_bad_end_says_what_to_do_next(answer, hints):
    with pytest.raises(RolloutEnded) as caught:
        conclude(Told(answer).wait(), "web", "live", MINUTE)

    assert len(caught.value.hints) == len(hints)
    assert all(said.startswith(hint) for said, hint in zip(caught.value.hints, hints, strict=True))
