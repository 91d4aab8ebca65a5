"""
What an agent says again of many objects: kept fresh together, and read as if each had been written anew.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.deployment_health import DeploymentObjectHealthUpdate, HealthStatusUpdate
from chalicelib.domain.fleet import AgentHealth, HealthCounts
from chalicelib.domain.principals import ADMIN
from chalicelib.services import deployment_health, fleet, targets
from chalicelib.services.rollout import rollout
from chalicelib.settings import settings
from chalicelib.store import fleet as store
from chalicelib.store import rollouts
from tests.support.place import Place
from tests.support.recorder import recorder
from tests.support.world import a_stack, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE, SILENCE = settings.agent_silence / 3, settings.agent_silence
STACKS = 5


class Ward(Place):
    """
    An agent with many stacks, of which each has an object that was called healthy at noon.
    """

    def __init__(self, stacks):
        super().__init__()
        self.stacks = [self.stack, *(a_stack(self.ci) for _ in range(stacks - 1))]
        self.pushed = []
        for stack in self.stacks:
            self.stack = stack
            if stack is not self.stacks[0]:
                self.target(self.agent)
            self.pushed.append(self.push())
        self.say()

    def say(self, status="healthy", among=None, checked_at=None):
        return self.say_each(dict.fromkeys(among or self.pushed, status), checked_at)

    def say_each(self, words, checked_at=None):
        """
        How many writes that takes.
        """
        moment = checked_at or self.time
        said = [
            DeploymentObjectHealthUpdate(id=one.id, status=status, checked_at=moment) for one, status in words.items()
        ]
        report = HealthStatusUpdate(deployment_objects=said)
        with recorder.listening() as calls:
            deployment_health.report(self.agent, self.agent.id, report, now=self.now)
        self.asked = [operation for operation, _ in calls]
        return self.asked.count("UpdateItem")

    def word(self, revision):
        [one] = deployment_health.of_object(ADMIN, revision.id, now=self.now).records
        return one.health

    def stack_status(self, place):
        return deployment_health.of_stack(ADMIN, self.stacks[place].id, now=self.now).status

    def state(self, place):
        [one] = rollout(ADMIN, self.stacks[place].id, now=self.now).agents
        return one.state.value

    def counts(self):
        [one] = fleet.list_fleet(ADMIN, now=self.now)
        return one.health


@pytest.fixture
def ward(installation):
    return Ward(STACKS)


def records(table):
    return [row for row in rows(table) if row["sk"]["S"].startswith("ROLLOUT#")]


def test_what_still_holds_is_one_write_a_minute_whatever_the_number_of_stacks(ward, table):
    before = records(table)

    ward.later(MINUTE - SECOND)
    soon = ward.say()
    ward.later()
    due = ward.say()
    ward.later()
    again = ward.say()
    ward.later(MINUTE)
    next_minute = ward.say()

    assert (soon, due, again, next_minute) == (0, 1, 0, 1)
    assert records(table) == before


def test_what_is_confirmed_is_as_fresh_as_if_it_had_been_written(ward):
    confirmed = ward.later(MINUTE)
    ward.say(checked_at=confirmed - SECOND)

    ward.later(SILENCE)

    word = ward.word(ward.pushed[3])
    assert (word.status, word.since, word.created_at) == ("healthy", NOON, NOON)
    assert (word.reported_at, word.checked_at) == (confirmed, confirmed - SECOND)
    assert (ward.stack_status(3), ward.state(3)) == ("healthy", "healthy")

    ward.later()

    assert (ward.word(ward.pushed[3]).status, ward.stack_status(3)) == ("unknown", "unknown")
    assert ward.state(3) == "silent"


def test_what_is_not_said_again_grows_old_beside_what_is(ward):
    last, *others = ward.pushed
    for _ in range(3):
        ward.later(MINUTE)
        ward.say(among=others)

    ward.later()

    assert [ward.stack_status(place) for place in (0, 1)] == ["unknown", "healthy"]
    assert ward.word(last).reported_at == NOON


def test_a_report_in_parts_keeps_all_of_them_fresh(ward):
    parts = ward.pushed[:2], ward.pushed[2:]
    for _ in range(4):
        ward.later(MINUTE)
        for part in parts:
            ward.say(among=part)

    assert {ward.stack_status(place) for place in range(STACKS)} == {"healthy"}


def test_a_report_that_says_the_same_again_asks_for_nothing_but_what_was_said(ward):
    ward.say()

    assert ward.asked == ["GetItem", "BatchGetItem"]


def test_of_two_revisions_in_one_report_the_newer_one_says_how_the_stack_is(ward):
    [old, *_], stack = ward.pushed, ward.stack
    ward.stack = ward.stacks[0]
    new = ward.push()
    ward.stack = stack

    ward.say_each({new: "healthy", old: "failing"})
    healthy = ward.counts()
    ward.say_each({new: "failing", old: "healthy"})

    assert (healthy, ward.counts()) == (HealthCounts(), HealthCounts(failing=1))


def test_what_has_changed_is_written_beside_what_is_confirmed(ward):
    ward.later(MINUTE)
    ward.say(among=ward.pushed[1:])
    ward.later()

    written = ward.say("failing", among=ward.pushed[:1])

    assert written == 2  # the record, and that the agent has something that fails
    assert (ward.word(ward.pushed[0]).status, ward.counts()) == ("failing", HealthCounts(failing=1))
    assert ward.word(ward.pushed[1]).reported_at == NOON + MINUTE


def test_a_word_counts_from_when_it_was_said_and_not_from_the_last_confirmation(ward):
    """
    What was confirmed before was another word.
    """
    ward.later(MINUTE)
    ward.say()
    failed = ward.later()
    ward.say("failing", among=ward.pushed[:1])

    word = ward.word(ward.pushed[0])

    assert (word.since, word.reported_at, word.checked_at) == (failed, failed, failed)


def test_whatever_fails_together_takes_one_write_each_and_one_for_the_agent(ward):
    ward.later()

    fell = ward.say("failing")
    worse_in_words = ward.say("failing", checked_at=ward.later())
    healed = ward.say("healthy", checked_at=ward.later())

    assert (fell, worse_in_words, healed) == (STACKS + 1, 0, STACKS + 1)


def test_words_that_came_one_after_another_are_confirmed_together_from_then_on(ward):
    """
    Of an agent that reports often only one was ever due, so that each was written by itself, minute after minute.
    """
    step = MINUTE / STACKS
    for one in ward.pushed:
        ward.later(step)
        ward.say("degraded", among=[one])

    def written_in_a_minute():
        return sum(ward.say("degraded", checked_at=ward.later(step)) for _ in ward.pushed)

    assert [written_in_a_minute() for _ in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("stacks", [1, 2])
def test_few_are_confirmed_as_cheaply_as_they_can_be(installation, stacks):
    ward = Ward(stacks)
    ward.later(MINUTE)

    assert ward.say() == 1
    assert ward.word(ward.pushed[0]).reported_at == NOON + MINUTE


def test_beside_many_stacks_that_are_not_well_a_few_records_are_written_for_less(installation):
    ward = Ward(2)
    store.note_health(ward.agent.id, AgentHealth(), {uuid4(): "failing" for _ in range(20)})
    ward.later(MINUTE)

    first = ward.say(among=ward.pushed[:1])
    other_due = ward.say()

    assert (first, other_due) == (1, 1)
    assert store.find_health(ward.agent.id).confirmed == []


def test_one_by_one_each_renews_its_own_record(ward, table):
    """
    A confirmation for each would be written into an item that has all of them.
    """
    ward.later(MINUTE)

    for one in ward.pushed:
        ward.say(among=[one])

    assert not [row for row in rows(table) if row["sk"]["S"] == f"HEALTH#{ward.agent.id}"]
    assert all(row["health_reported_at"] != row["health_created_at"] for row in records(table))


def test_a_report_older_than_the_last_confirmation_changes_nothing(ward):
    ward.later(MINUTE)
    ward.say()

    ward.say("failing", checked_at=NOON + SECOND)

    assert ward.word(ward.pushed[0]).status == "healthy"
    assert ward.counts() == HealthCounts()


def test_a_record_that_is_only_ever_confirmed_does_not_expire(ward, table):
    ward.later(rollouts.LIFE / 2 - SECOND)
    before = ward.say()
    ward.later(MINUTE)
    half_way = ward.say()

    last = int((ward.time + rollouts.LIFE).timestamp())
    assert (before, half_way) == (1, STACKS)
    assert {int(row["expires_at"]["N"]) for row in records(table)} == {last}
    assert ward.word(ward.pushed[0]).since == NOON


def test_a_look_at_a_rollout_reads_what_is_confirmed_only_when_the_word_itself_is_old(ward):
    def reads():
        with recorder.listening() as calls:
            ward.state(3)
        return [body for operation, body in calls if "HEALTH#" in str(body)]

    ward.later(SILENCE)
    ward.say()
    fresh = reads()
    ward.later()
    ward.state(3)
    remembered = reads()

    assert (fresh, remembered, ward.state(3)) == ([], [], "healthy")


def test_a_look_at_a_rollout_asks_no_agent_that_the_stack_has_left(ward):
    ward.later(MINUTE)
    ward.say()
    targets.remove_target(ADMIN, ward.agent.id, ward.stacks[0].id)
    ward.later(SILENCE + SECOND)

    with recorder.listening() as calls:
        agents = rollout(ADMIN, ward.stacks[0].id, now=ward.now).agents

    assert (agents, [body for _, body in calls if "HEALTH#" in str(body)]) == ([], [])
