from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.deployment_health import HealthSummary
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import DeploymentObjectNotFound, StackNotFound
from chalicelib.services import stacks, targets
from chalicelib.services.rollout import rollout
from chalicelib.settings import settings
from tests.support.place import NOON, SECOND, Place
from tests.support.world import a_generator, an_agent, rows

SILENCE = settings.agent_silence
MONTH = timedelta(days=31)


@pytest.fixture
def place(installation):
    return Place()


def rollout_rows(table):
    return [row for row in rows(table) if row["sk"]["S"].startswith("ROLLOUT#")]


# What becomes of one agent


def test_a_push_is_pending_until_the_agent_has_spoken(place):
    place.push()

    assert place.told() == ("pending", NOON)
    assert place.verdict() == "pending"


def test_a_rollout_goes_from_applied_to_healthy(place):
    revision = place.push()
    place.poll()
    applied = place.later()
    place.event(revision)
    at_first, first_verdict = place.told(), place.verdict()
    place.later()
    place.health(revision, "unknown")
    coming = place.told()
    healthy = place.later()
    place.health(revision, "healthy")

    assert (at_first, first_verdict) == (("applied", applied), "progressing")
    assert coming == ("applied", applied)
    assert place.told() == ("healthy", healthy)
    assert place.verdict() == "live"
    [one] = place.rollout().agents
    assert one.part.said.applied_at == applied


def test_a_failure_is_told_in_the_agent_s_words(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "ConfigMap/default/a: refused\nSecret/default/b: refused too")

    [one] = place.rollout().agents
    assert (one.state.value, one.since) == ("failed", NOON)
    assert one.errors == ["ConfigMap/default/a: refused", "Secret/default/b: refused too"]
    assert place.verdict() == "failed"


def test_a_failure_lasts_from_the_first_and_is_told_in_the_last_words(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "first")
    place.later()
    place.event(revision, "FAILURE", "second")

    [one] = place.rollout().agents
    assert (one.since, list(one.errors)) == (NOON, ["second"])


def test_a_success_ends_a_failure(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.later()
    place.event(revision, "FAILURE", "no")
    applied = place.later()

    place.event(revision)

    [one] = place.rollout().agents
    assert (one.state.value, one.since) == ("applied", applied)
    assert one.part.said.applied_at == NOON


def test_a_revision_that_can_no_longer_be_applied_has_failed_however_well_it_was(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.health(revision, "healthy")
    failed = place.later()

    place.event(revision, "FAILURE", "no")

    assert place.told() == ("failed", failed)


def test_a_long_list_of_errors_is_cut_and_says_so(place):
    revision = place.push()
    place.poll()
    place.event(revision, "FAILURE", "\n".join(["x" * 600] * 60))

    [one] = place.rollout().agents
    assert len(one.errors) == 51
    assert len(one.errors[0]) == 501
    assert "10 more" in one.errors[-1]


def test_a_fault_of_health_is_a_failure_after_a_grace(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    summary = HealthSummary(pods_ready=0, pods_total=1, conditions=["ImagePullBackOff"])
    place.health(revision, "degraded", summary)

    at_once = place.verdict()
    place.later(timedelta(seconds=30))
    [one] = place.rollout().agents

    assert at_once == "progressing"
    assert (one.state.value, one.since, one.summary) == ("degraded", NOON, summary)
    assert place.verdict() == "failed"


def test_what_fails_by_its_health_says_why(place):
    revision = place.push()
    place.event(revision)
    place.health(
        revision, "failing", HealthSummary(pods_ready=0, pods_total=1, conditions=["ProgressDeadlineExceeded"])
    )

    [one] = place.rollout().agents
    assert (one.state.value, list(one.errors)) == ("failed", ["ProgressDeadlineExceeded"])
    assert place.verdict() == "failed"


def test_an_agent_that_is_not_heard_of_is_silent(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.health(revision, "healthy")

    place.later(SILENCE)
    still = place.told()
    place.later()
    silent, message = place.told(), place.rollout().message
    place.beat()

    assert still == ("healthy", NOON)
    assert silent == ("silent", NOON)
    assert "heard of" in message
    assert place.told() == ("applied", NOON)


def test_an_agent_that_never_spoke_is_silent_since_nobody_knows(installation):
    place = Place(agents=0)
    place.target(an_agent())
    place.push()

    assert place.told() == ("silent", None)
    assert place.verdict() == "pending"


def test_a_silent_agent_is_not_waited_for(installation):
    place = Place(agents=2)
    place.later(SILENCE + SECOND)
    revision = place.push()
    place.beat(place.agent)
    place.event(revision)

    place.health(revision, "healthy")

    assert place.states() == {"healthy", "silent"}
    assert place.verdict() == "live"
    assert "Silent" in place.rollout().message


# Revisions


def test_old_words_say_nothing_of_a_new_revision(place):
    old = place.push()
    place.poll()
    place.event(old)
    place.health(old, "healthy")

    new = place.push()
    place.health(old, "failing")

    assert place.rollout().revision == new
    assert place.told() == ("pending", NOON)


def test_an_older_revision_is_superseded_where_the_agent_has_moved_on(place):
    old, new = place.push(), place.push()
    place.poll()
    place.event(old)
    before = place.told(old.id)
    moved = place.later()
    place.event(new, "FAILURE", "no")

    assert before == ("applied", NOON)
    assert place.told(old.id) == ("superseded", moved)
    assert place.verdict(old.id) == "superseded"
    assert not place.rollout(old.id).is_newest
    assert place.told() == ("failed", moved)


def test_a_marker_is_live_once_it_is_carried_out(place):
    marker = place.push("", is_deletion_marker=True)
    place.poll()

    place.event(marker)

    assert place.verdict() == "live"
    assert place.rollout().message == "Removed from 1 of 1."


def test_a_rollout_of_last_year_is_told_from_the_last_report(place, table):
    """
    What is kept of a revision expires; an agent without health reports never renews it.
    """
    revision = place.push()
    place.poll()
    place.event(revision)
    for row in rollout_rows(table):
        table.delete_item(TableName="brokkr", Key={"pk": row["pk"], "sk": row["sk"]})

    place.later(MONTH)
    place.beat()

    assert place.told() == ("applied", NOON)


def test_a_push_that_died_before_its_last_step_is_the_newest(place, table):
    place.push()
    last = place.push()
    key = {"pk": {"S": f"STACK#{place.stack.id}"}, "sk": {"S": "STACK"}}
    table.update_item(
        TableName="brokkr",
        Key=key,
        UpdateExpression="SET newest_sequence_id = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )

    assert place.rollout().revision == last


def test_what_is_not_there_has_no_rollout(place):
    other = Place()
    foreign = other.push()

    with pytest.raises(DeploymentObjectNotFound):
        place.rollout()
    for id in (foreign.id, uuid4()):
        with pytest.raises(DeploymentObjectNotFound):
            place.rollout(id)
    with pytest.raises(StackNotFound):
        rollout(ADMIN, uuid4())


def test_it_is_told_to_the_admin_and_to_whom_the_stack_belongs(place):
    place.push()

    assert place.rollout(caller=ADMIN).agents == place.rollout(caller=place.ci).agents
    for caller in (a_generator(), place.agent):
        with pytest.raises(StackNotOwned):
            place.rollout(caller=caller)


def test_a_deleted_stack_has_none(place):
    place.push()
    stacks.delete_stack(place.ci, place.stack.id)

    with pytest.raises(StackNotFound):
        place.rollout()


# What is written for it


def test_the_same_report_again_writes_nothing_of_it(place, table):
    revision = place.push()
    place.poll()
    place.event(revision)
    before = rollout_rows(table)

    place.later()
    place.event(revision)
    place.event(revision, message="applied again")

    assert rollout_rows(table) == before


def test_a_withdrawal_leaves_nothing_of_it(place, table):
    place.push()
    place.poll()
    targets.remove_target(ADMIN, place.agent.id, place.stack.id)
    [withdrawal] = place.poll()

    place.event(withdrawal.revision)

    assert rollout_rows(table) == []


def test_what_was_removed_is_not_there_when_the_stack_comes_back(place):
    revision = place.push()
    place.poll()
    place.event(revision)
    place.health(revision, "healthy")
    targets.remove_target(ADMIN, place.agent.id, place.stack.id)
    [withdrawal] = place.poll()
    place.event(withdrawal.revision)

    place.target(place.agent)

    assert place.told() == ("pending", NOON)
