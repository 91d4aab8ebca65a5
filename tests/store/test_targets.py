from uuid import uuid4

import pytest

from chalicelib.domain.agents import AgentTarget
from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.errors.not_found import AgentTargetNotFound
from chalicelib.store import targets
from chalicelib.store.writes import Together
from tests.support.world import rows


def add(target):
    together = Together()
    targets.add(together, target)
    together.commit()


def remove(target, **how):
    together = Together()
    targets.remove(together, target.agent_id, target.stack_id, **how)
    together.commit()


@pytest.fixture
def target(table):
    added = AgentTarget(uuid4(), uuid4(), uuid4())
    add(added)
    return added


def test_a_target_is_kept_on_both_sides(target, table):
    assert [(row["pk"]["S"], row["sk"]["S"]) for row in rows(table)] == [
        (f"AGENT#{target.agent_id}", f"TARGET#{target.stack_id}"),
        (f"STACK#{target.stack_id}", f"TARGET#{target.agent_id}"),
    ]


def test_a_stacks_targets_are_its_own(target):
    second = AgentTarget(uuid4(), uuid4(), target.stack_id)
    add(second)
    add(AgentTarget(uuid4(), target.agent_id, uuid4()))

    assert sorted(targets.of_stack(target.stack_id), key=lambda one: one.id) == sorted(
        [target, second], key=lambda one: one.id
    )


def test_a_second_target_is_refused_and_the_first_stays(target):
    with pytest.raises(UniqueViolation):
        add(AgentTarget(uuid4(), target.agent_id, target.stack_id))

    assert targets.of_stack(target.stack_id) == [target]


def test_both_sides_go_together(target, table):
    remove(target, must_exist=True)

    assert rows(table) == []


def test_a_target_that_is_gone_is_not_found_by_whoever_cares(target):
    remove(target)

    remove(target)
    with pytest.raises(AgentTargetNotFound):
        remove(target, must_exist=True)
