"""
Stacks, as they are kept: what the API shows, the counter, and the pointer to the newest deployment object.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.principals import Principal
from chalicelib.domain.stacks import Pointer, Stack, StackChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.errors.forbidden import StackNotOwned
from chalicelib.errors.not_found import StackNotFound
from chalicelib.store import names, tallies
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute, WholeNumberAttribute
from chalicelib.store.reads import find, listed, partition
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together, patch

LISTING = "STACK"


class StackItem(Item, discriminator="stack"):
    """
    pk STACK#<id>, sk STACK; gsi1 STACK / generator#created_at#id.
    """

    id = UUIDAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    generator_id = UUIDAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    deleted_at = MomentAttribute(null=True)
    last_sequence_id = WholeNumberAttribute(default=0)
    newest_object_id = UUIDAttribute(null=True)
    newest_sequence_id = WholeNumberAttribute(null=True)
    newest_checksum = UnicodeAttribute(null=True)
    newest_is_marker = BooleanAttribute(null=True)
    newest_created_at = MomentAttribute(null=True)
    label_changes = WholeNumberAttribute(null=True)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(f"STACK#{id}", "STACK")

    @classmethod
    def of(cls, stack: Stack) -> Self:
        item = cls.at(stack.id)
        item.id, item.name, item.description = stack.id, stack.name, stack.description
        item.generator_id, item.created_at, item.updated_at = stack.generator_id, stack.created_at, stack.updated_at
        item.gsi1pk, item.gsi1sk = LISTING, _place(stack.generator_id, stack)
        return item

    def read(self) -> Stack:
        """
        No listing knows the last sequence id, nor what is newest, nor how often labels changed.
        """
        newest = self.as_a(Pointer, "newest_") if self.newest_object_id else None
        last, changes = self.last_sequence_id or 0, self.label_changes or 0
        return self.as_a(Stack, last_sequence_id=last, newest=newest, label_changes=changes)


class OwnershipItem(Item, discriminator="ownership"):
    """
    pk GENERATOR#<id>, sk STACK#<stack>: a generator's living stacks, to be found without the index, which lags.
    """

    stack_id = UUIDAttribute()

    @classmethod
    def of(cls, generator_id: UUID, stack_id: UUID) -> Self:
        return cls(f"GENERATOR#{generator_id}", f"STACK#{stack_id}", stack_id=stack_id)


alive = present & StackItem.deleted_at.does_not_exist()


def _place(generator_id: UUID, stack: Stack) -> str:
    return f"{generator_id}#{stack.created_at.isoformat()}#{stack.id}"


def not_found(id: UUID) -> StackNotFound:
    return StackNotFound(f"there is no stack {id}")


def name_taken(name: str) -> UniqueViolation:
    return UniqueViolation(f"a stack named {name!r} is there already", constraint="unique_stack_name")


def find_any(id: UUID) -> Stack | None:
    """
    A stack, deleted or not; strongly consistent.
    """
    item = find(StackItem, f"STACK#{id}", "STACK")
    return item.read() if item else None


def get(id: UUID) -> Stack:
    """
    Raises StackNotFound, for a deleted one too.
    """
    stack = find_any(id)
    if stack is None or not stack.is_live:
        raise not_found(id)
    return stack


def get_many(ids: Collection[UUID]) -> Iterable[Stack]:
    """
    Those of the stacks that are there, deleted or not, in no order. Eventually consistent: half the price, for polls.
    """
    return (item.read() for item in StackItem.batch_get([(f"STACK#{id}", "STACK") for id in ids]))


def all_live(generator_id: UUID | None = None) -> list[Stack]:
    """
    In the order of their creation; of one generator, or of all.
    """
    items = listed(LISTING, f"{generator_id}#" if generator_id else "")
    return sorted((item.read() for item in items), key=lambda stack: (stack.created_at, stack.id))


def of_generator(generator_id: UUID) -> list[UUID]:
    """
    Every living stack of a generator; strongly consistent.
    """
    found = partition(f"GENERATOR#{generator_id}", "STACK#")
    return [item.stack_id for item in found if isinstance(item, OwnershipItem)]


def add(together: Together, stack: Stack) -> None:
    names.take(together, names.stack_key(stack.name), stack.id, name_taken(stack.name))
    together.add(StackItem.of(stack))
    together.put(OwnershipItem.of(stack.generator_id, stack.id))
    tallies.count_stack(together, stack.id, 1)


def check_alive(together: Together, id: UUID) -> None:
    together.check(StackItem.at(id), alive, not_found(id))


def count_label_change(together: Together, id: UUID) -> None:
    """
    Refused with StackNotFound.
    """
    together.update(StackItem.at(id), [StackItem.label_changes.add(1)], alive, not_found(id))


def change(together: Together, old: Stack, change: StackChange, at: datetime) -> None:
    """
    Write what the change gives, on condition that name and owner are still those that were read.
    """
    actions: list[Action] = [StackItem.updated_at.set(at)]
    if change.name is not None:
        actions.append(StackItem.name.set(change.name))
        taken = name_taken(change.name)
        names.move(together, names.stack_key(old.name), names.stack_key(change.name), old.id, taken)
    if change.description is not None:
        actions.append(StackItem.description.set(change.description))
    if change.generator_id not in (None, old.generator_id):
        actions.append(StackItem.generator_id.set(change.generator_id))
        actions.append(StackItem.gsi1sk.set(_place(change.generator_id, old)))
        together.remove(OwnershipItem.of(old.generator_id, old.id))
        together.put(OwnershipItem.of(change.generator_id, old.id))
    together.update(
        StackItem.at(old.id),
        actions,
        alive & _as_read(old),
        Conflict(f"stack {old.id} was changed by somebody else meanwhile; try again"),
    )


def next_sequence(id: UUID, caller: Principal) -> int:
    """
    The stack's next sequence id: one atomic counter, the only point where writers meet.

    Raises StackNotFound and StackNotOwned.
    """
    item = StackItem.at(id)
    mine = alive if caller.is_admin else alive & (StackItem.generator_id == caller.id)
    if not patch(item, [StackItem.last_sequence_id.add(1)], mine):
        get(id)
        raise StackNotOwned(f"stack {id} belongs to another generator")
    return item.last_sequence_id


def point_at(id: UUID, pointer: Pointer) -> None:
    """
    Make a committed object the stack's newest, unless a higher one is already. Raises StackNotFound where the stack has
    been deleted meanwhile.
    """
    lower = StackItem.newest_sequence_id.does_not_exist() | (StackItem.newest_sequence_id < pointer.sequence_id)
    if not patch(StackItem.at(id), _pointing(pointer), alive & lower):
        get(id)


def bury(together: Together, stack: Stack, marker: Pointer, at: datetime) -> None:
    """
    Delete a stack and point it at its deletion marker, on condition that no number was given out since it was read:
    the marker's is the last.
    """
    names.free(together, names.stack_key(stack.name))
    together.remove(OwnershipItem.of(stack.generator_id, stack.id))
    tallies.count_stack(together, stack.id, -1)
    actions = [
        StackItem.deleted_at.set(at),
        StackItem.updated_at.set(at),
        StackItem.last_sequence_id.set(marker.sequence_id),
        StackItem.gsi1pk.remove(),
        StackItem.gsi1sk.remove(),
        *_pointing(marker),
    ]
    unnumbered = StackItem.last_sequence_id == stack.last_sequence_id
    together.update(StackItem.at(stack.id), actions, alive & _as_read(stack) & unnumbered, StackChanged())


def _as_read(stack: Stack) -> Condition:
    """
    That name and owner are still those that were read: what is freed beside it is theirs.
    """
    same: Condition = (StackItem.name == stack.name) & (StackItem.generator_id == stack.generator_id)
    return same


class StackChanged(Exception):
    """
    The stack is no longer as it was read: read it again.
    """


def _pointing(pointer: Pointer) -> list[Action]:
    return [
        StackItem.newest_object_id.set(pointer.object_id),
        StackItem.newest_sequence_id.set(pointer.sequence_id),
        StackItem.newest_checksum.set(pointer.checksum),
        StackItem.newest_is_marker.set(pointer.is_marker),
        StackItem.newest_created_at.set(pointer.created_at),
    ]
