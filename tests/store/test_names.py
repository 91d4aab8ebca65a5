from uuid import uuid4

import pytest

from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.store import names
from chalicelib.store.writes import Together

TAKEN = UniqueViolation("taken", constraint="unique_name")


def take(key, holder):
    together = Together()
    names.take(together, key, holder, TAKEN)
    together.commit()


def move(old, new, holder):
    together = Together()
    names.move(together, old, new, holder, TAKEN)
    together.commit()


def test_a_name_is_held_once_until_it_is_freed(table):
    first, second, key = uuid4(), uuid4(), names.stack_key("shop")
    take(key, first)

    with pytest.raises(UniqueViolation):
        take(key, second)
    assert names.find_holder(key) == first
    together = Together()
    names.free(together, key)
    together.commit()
    take(key, second)

    assert names.find_holder(key) == second


def test_kinds_and_clusters_do_not_share_their_names(table):
    keys = [
        names.stack_key("shop"),
        names.generator_key("shop"),
        names.agent_key("shop", "prod"),
        names.agent_key("shop", "lab"),
        names.agent_key("shop#prod", "lab"),
    ]

    for key in keys:
        take(key, uuid4())

    assert len({names.find_holder(key) for key in keys}) == len(keys)


def test_a_name_moves_with_its_holder(table):
    holder, old, new = uuid4(), names.stack_key("old"), names.stack_key("new")
    take(old, holder)

    move(old, new, holder)

    assert (names.find_holder(old), names.find_holder(new)) == (None, holder)


def test_a_name_that_is_taken_keeps_its_holder_and_the_mover_its_own(table):
    holder, other, old, new = uuid4(), uuid4(), names.stack_key("old"), names.stack_key("new")
    take(old, holder)
    take(new, other)

    with pytest.raises(UniqueViolation):
        move(old, new, holder)

    assert (names.find_holder(old), names.find_holder(new)) == (holder, other)
