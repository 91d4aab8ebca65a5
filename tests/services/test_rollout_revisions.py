"""
Which revision a rollout is of, to whom it is told, and what is kept for it.
"""

from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.principals import ADMIN
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import DeploymentObjectNotFound, StackNotFound
from chalicelib.services import stacks, targets
from chalicelib.services.rollout import rollout
from tests.support.place import NOON, Place
from tests.support.world import a_generator, rows

MONTH = timedelta(days=31)


def rollout_rows(table):
    return [row for row in rows(table) if row["sk"]["S"].startswith("ROLLOUT#")]


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
