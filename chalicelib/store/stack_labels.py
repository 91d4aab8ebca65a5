"""
Labels and annotations of stacks.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain import text
from chalicelib.domain.stacks import Stack, StackAnnotation, StackLabel
from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.errors.not_found import StackAnnotationNotFound, StackLabelNotFound
from chalicelib.store import stacks
from chalicelib.store.attributes import UUIDAttribute
from chalicelib.store.carriers import ANNOTATION, LABEL, Carriers
from chalicelib.store.memory import REMEMBERED_FOR, Memory
from chalicelib.store.reads import partition
from chalicelib.store.table import Item
from chalicelib.store.writes import Together

CARRIERS = Carriers("STACK")
stacks_with_label, stacks_with_annotation = CARRIERS.with_label, CARRIERS.with_annotation

_recalled: Memory[tuple[UUID, int], tuple[list[StackLabel], list[StackAnnotation]]] = Memory(1024, REMEMBERED_FOR)


class StackLabelItem(Item, discriminator="stack_label"):
    id = UUIDAttribute()
    stack_id = UUIDAttribute()
    label = UnicodeAttribute()

    @classmethod
    def of(cls, label: StackLabel) -> Self:
        return CARRIERS.label(cls(**asdict(label)), label.stack_id, label.label)

    def read(self) -> StackLabel:
        return self.as_a(StackLabel)


class StackAnnotationItem(Item, discriminator="stack_annotation"):
    id = UUIDAttribute()
    stack_id = UUIDAttribute()
    key = UnicodeAttribute()
    value = UnicodeAttribute()

    @classmethod
    def of(cls, annotation: StackAnnotation) -> Self:
        item = cls(**asdict(annotation))
        return CARRIERS.annotation(item, annotation.stack_id, annotation.key, annotation.value)

    def read(self) -> StackAnnotation:
        return self.as_a(StackAnnotation)


def labels(stack_id: UUID) -> list[StackLabel]:
    items = partition(f"STACK#{stack_id}", LABEL)
    return [item.read() for item in items if isinstance(item, StackLabelItem)]


def annotations(stack_id: UUID) -> list[StackAnnotation]:
    items = partition(f"STACK#{stack_id}", ANNOTATION)
    return [item.read() for item in items if isinstance(item, StackAnnotationItem)]


def recalled(stack: Stack, at: datetime) -> tuple[list[StackLabel], list[StackAnnotation]]:
    """
    Both, as they are now: a stack that was just read counts their changes, so what is remembered under that count still
    holds. It is remembered for no more than a minute, since during an upgrade a broker of before does not count.
    """
    key = stack.id, stack.label_changes
    return _recalled.read([key], lambda _: {key: (labels(stack.id), annotations(stack.id))}, at)[key]


def add_label(label: StackLabel) -> None:
    """
    Raises StackNotFound, and UniqueViolation for a label that is there.
    """
    taken = UniqueViolation(
        f"stack {label.stack_id} has the label {label.label!r} already", constraint="stack_labels_stack_id_label_key"
    )
    _add(label.stack_id, StackLabelItem.of(label), taken)


def remove_label(stack_id: UUID, label: str) -> None:
    """
    Raises StackLabelNotFound, and StackNotFound.
    """
    _remove(stack_id, LABEL, label, StackLabelNotFound(f"stack {stack_id} has no label {label!r}"))


def add_annotation(annotation: StackAnnotation) -> None:
    """
    Raises StackNotFound, and UniqueViolation for a key that is there.
    """
    taken = UniqueViolation(
        f"stack {annotation.stack_id} has the annotation {annotation.key!r} already",
        constraint="unique_stack_annotation",
    )
    _add(annotation.stack_id, StackAnnotationItem.of(annotation), taken)


def remove_annotation(stack_id: UUID, key: str) -> None:
    """
    Raises StackAnnotationNotFound, and StackNotFound.
    """
    _remove(stack_id, ANNOTATION, key, StackAnnotationNotFound(f"stack {stack_id} has no annotation {key!r}"))


def remove_all(stack_id: UUID) -> None:
    with Item.batch_write() as batch:
        for prefix in (LABEL, ANNOTATION):
            for item in partition(f"STACK#{stack_id}", prefix):
                batch.delete(item)


def _add(stack_id: UUID, item: Item, taken: UniqueViolation) -> None:
    together = Together()
    together.add(item, taken)
    stacks.count_label_change(together, stack_id)
    together.commit()


def _remove(stack_id: UUID, prefix: str, word: str, missing: Exception) -> None:
    if not text.is_word(word):
        raise missing
    together = Together()
    together.remove(Item(f"STACK#{stack_id}", f"{prefix}{word}"), missing)
    stacks.count_label_change(together, stack_id)
    together.commit()
