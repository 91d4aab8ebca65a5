from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.stacks import Stack, StackAnnotation, StackLabel
from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.errors.not_found import StackAnnotationNotFound, StackLabelNotFound, StackNotFound
from chalicelib.store import stack_labels, stacks
from chalicelib.store.stack_labels import StackLabelItem
from chalicelib.store.writes import Together
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stack_id(table):
    return add_stack()


def add_stack():
    id = uuid4()
    together = Together()
    stack = Stack(id=id, name=str(id), description=None, generator_id=uuid4(), created_at=NOON, updated_at=NOON)
    stacks.add(together, stack)
    together.commit()
    return id


def add_label(stack_id, label):
    added = StackLabel(uuid4(), stack_id, label)
    stack_labels.add_label(added)
    return added


def add_annotation(stack_id, key, value):
    added = StackAnnotation(uuid4(), stack_id, key, value)
    stack_labels.add_annotation(added)
    return added


def uncounted(table):
    """
    All rows, but for how often labels changed.
    """
    return [{name: value for name, value in row.items() if name != "label_changes"} for row in rows(table)]


def test_labels_and_annotations_come_and_go(stack_id, table):
    before = uncounted(table)

    label, annotation = add_label(stack_id, "env:dev"), add_annotation(stack_id, "team", "shop")

    assert stack_labels.labels(stack_id) == [label]
    assert stack_labels.annotations(stack_id) == [annotation]
    stack_labels.remove_label(stack_id, "env:dev")
    stack_labels.remove_annotation(stack_id, "team")
    assert uncounted(table) == before


def test_what_a_look_recalls_is_as_new_as_the_stack_that_it_read(stack_id):
    """
    A status that a pipeline asks for every second reads labels once, and again as soon as they have changed.
    """

    def recalled():
        return stack_labels.recalled(stacks.get(stack_id), NOON)

    assert recalled() == ([], [])
    label = add_label(stack_id, "env:dev")
    assert recalled() == ([label], [])
    annotation = add_annotation(stack_id, "team", "shop")
    assert recalled() == ([label], [annotation])
    stack_labels.remove_label(stack_id, "env:dev")
    assert recalled() == ([], [annotation])
    stack_labels.remove_annotation(stack_id, "team")
    assert recalled() == ([], [])


def test_what_a_broker_of_before_labels_is_recalled_after_a_minute(stack_id, table):
    """
    It counts no changes, and is there during an upgrade.
    """
    stack = stacks.get(stack_id)
    assert stack_labels.recalled(stack, NOON) == ([], [])
    uncounted_label = StackLabel(uuid4(), stack_id, "env:dev")
    StackLabelItem.of(uncounted_label).save()

    assert stack_labels.recalled(stack, NOON + MINUTE) == ([], [])
    assert stack_labels.recalled(stack, NOON + MINUTE * 1.1) == ([uncounted_label], [])


def test_stacks_are_found_by_label(stack_id):
    other = add_stack()
    add_label(stack_id, "env")
    add_label(other, "env")
    add_label(other, "env:dev")

    assert stack_labels.stacks_with_label("env") == {stack_id, other}
    assert stack_labels.stacks_with_label("env:dev") == {other}
    assert stack_labels.stacks_with_label("Env") == set()


def test_stacks_are_found_by_key_and_value_together(stack_id):
    """
    Run together, `a` `bc` and `ab` `c` would be the same text: a space parts them, which neither can hold.
    """
    other = add_stack()
    add_annotation(stack_id, "a", "bc")
    add_annotation(other, "ab", "c")

    assert stack_labels.stacks_with_annotation("a", "bc") == {stack_id}
    assert stack_labels.stacks_with_annotation("ab", "c") == {other}
    assert stack_labels.stacks_with_annotation("a", "b") == set()


def test_a_label_and_an_annotations_key_are_there_once(stack_id):
    add_label(stack_id, "dev")
    add_annotation(stack_id, "team", "shop")

    with pytest.raises(UniqueViolation) as label:
        add_label(stack_id, "dev")
    with pytest.raises(UniqueViolation) as annotation:
        add_annotation(stack_id, "team", "other")

    assert label.value.details == {"constraint": "stack_labels_stack_id_label_key"}
    assert annotation.value.details == {"constraint": "unique_stack_annotation"}


def test_a_stack_that_is_not_there_gets_none(table):
    with pytest.raises(StackNotFound):
        add_label(uuid4(), "dev")
    with pytest.raises(StackNotFound):
        add_annotation(uuid4(), "team", "shop")

    assert rows(table) == []


@pytest.mark.parametrize("word", ["none", "x" * 2000, "two words", "", "\x00", "\ud800"])
def test_what_is_not_there_is_not_found_whatever_it_looks_like(word, stack_id):
    with pytest.raises(StackLabelNotFound):
        stack_labels.remove_label(stack_id, word)
    with pytest.raises(StackAnnotationNotFound):
        stack_labels.remove_annotation(stack_id, word)


def test_a_stack_loses_all_its_labels_at_once_and_nothing_else(stack_id, table):
    other = add_stack()
    add_label(other, "dev")
    before = uncounted(table)
    for number in range(30):  # a batch writes 25
        add_label(stack_id, f"label-{number}")
    add_annotation(stack_id, "team", "shop")

    stack_labels.remove_all(stack_id)

    assert uncounted(table) == before
