from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.domain.stacks import Pointer, Stack, StackChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import StackNotFound
from chalicelib.store import stacks as store
from chalicelib.store.table import PROJECTED
from chalicelib.store.writes import Together
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
OWNER = Principal(Role.GENERATOR, uuid4())


def add(name="shop", generator_id=OWNER.id, created_at=NOON):
    stack = Stack(
        id=uuid4(),
        name=name,
        description=None,
        generator_id=generator_id,
        created_at=created_at,
        updated_at=created_at,
    )
    together = Together()
    store.add(together, stack)
    together.commit()
    return stack


def change(old, **values):
    together = Together()
    store.change(together, old, StackChange(**values), LATER)
    together.commit()


def bury(stack, marker):
    together = Together()
    store.bury(together, stack, marker, LATER)
    together.commit()


def pointer(sequence_id, *, is_marker=False):
    return Pointer(uuid4(), sequence_id, "c" * 64, is_marker, NOON)


def test_a_stack_comes_back_as_it_was_kept(table):
    stack = add()

    assert store.get(stack.id) == stack
    assert list(store.get_many([stack.id, uuid4()])) == [stack]
    assert store.all_live() == [stack]


def test_a_name_is_taken_in_the_transaction_that_creates(table):
    add("shop")
    before = rows(table)

    with pytest.raises(UniqueViolation):
        add("shop")

    assert rows(table) == before


def test_stacks_are_listed_in_the_order_of_their_creation(table):
    second, first = add("b", created_at=LATER), add("a", uuid4())

    assert store.all_live() == [first, second]
    assert store.all_live(OWNER.id) == [second]


def test_numbers_are_given_once_and_to_the_owner_alone(table):
    stack = add()

    assert [store.next_sequence(stack.id, OWNER), store.next_sequence(stack.id, ADMIN)] == [1, 2]
    with pytest.raises(StackNotOwned):
        store.next_sequence(stack.id, Principal(Role.GENERATOR, uuid4()))
    with pytest.raises(StackNotFound):
        store.next_sequence(uuid4(), ADMIN)

    assert store.get(stack.id).last_sequence_id == 2


def test_the_pointer_only_goes_up(table):
    stack, high = add(), pointer(7)
    store.point_at(stack.id, high)

    store.point_at(stack.id, pointer(6))

    assert store.get(stack.id).newest == high


def test_nothing_points_at_a_stack_that_is_not_there(table):
    """
    An update of an item that is not there would make one, without a kind.
    """
    before = rows(table)

    with pytest.raises(StackNotFound):
        store.point_at(uuid4(), pointer(1))

    assert rows(table) == before


def test_a_push_changes_nothing_that_the_index_holds(table):
    """
    Or each push would pay for writing the index too.
    """
    stack = add()
    [before] = [row for row in rows(table) if row["sk"]["S"] == "STACK"]

    store.next_sequence(stack.id, OWNER)
    store.point_at(stack.id, pointer(1))

    [after] = [row for row in rows(table) if row["sk"]["S"] == "STACK"]
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed
    assert changed.isdisjoint({"gsi1pk", "gsi1sk", *PROJECTED})


def test_a_change_of_a_stack_that_was_renamed_meanwhile_is_refused(table):
    stack = add("shop")
    change(stack, name="store")
    before = rows(table)

    with pytest.raises(Conflict, match="meanwhile"):
        change(stack, name="market")

    assert rows(table) == before


def test_a_moved_stack_is_listed_under_its_new_generator_and_owned_by_it(table):
    stack, other = add(), uuid4()

    change(stack, generator_id=other)

    assert store.all_live(OWNER.id) == []
    assert store.of_generator(OWNER.id) == []
    assert [one.id for one in store.all_live(other)] == [stack.id]
    assert store.of_generator(other) == [stack.id]


def test_a_stack_that_is_given_to_its_own_generator_stays_owned_by_it(table):
    stack = add()

    change(stack, generator_id=OWNER.id)

    assert store.of_generator(OWNER.id) == [stack.id]


def test_a_stack_that_was_moved_meanwhile_is_not_buried_as_its_old_generators(table):
    """
    Or its new generator would own a dead one.
    """
    stack, other = add(), uuid4()
    change(stack, generator_id=other)

    with pytest.raises(store.StackChanged):
        bury(stack, pointer(1, is_marker=True))

    assert store.of_generator(other) == [stack.id]


def test_a_buried_stack_is_dead_but_still_points_at_its_marker(table):
    stack, marker = add(), pointer(1, is_marker=True)

    bury(stack, marker)

    assert store.all_live() == []
    assert store.of_generator(OWNER.id) == []
    with pytest.raises(StackNotFound):
        store.get(stack.id)
    with pytest.raises(StackNotFound):
        store.next_sequence(stack.id, ADMIN)
    assert store.find_any(stack.id).newest == marker
    assert add("shop").name == "shop"


def test_a_stack_that_gave_out_a_number_meanwhile_is_not_buried(table):
    stack = add()
    store.next_sequence(stack.id, OWNER)

    with pytest.raises(store.StackChanged):
        bury(stack, pointer(1, is_marker=True))

    assert store.get(stack.id).is_live


def test_a_late_pointer_does_not_bring_a_buried_stack_back(table):
    stack, marker = add(), pointer(5, is_marker=True)
    bury(stack, marker)

    with pytest.raises(StackNotFound):
        store.point_at(stack.id, pointer(4))

    assert store.find_any(stack.id).newest == marker
