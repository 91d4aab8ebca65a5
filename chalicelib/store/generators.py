"""
Generators, as they are kept.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.domain.agents import Registration
from chalicelib.domain.generators import Generator, GeneratorChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.errors.not_found import GeneratorNotFound
from chalicelib.store import names
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.reads import find, listed, partition
from chalicelib.store.registrations import RegistrationItem
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together

LISTING = "GENERATOR"


class GeneratorItem(Item, discriminator="generator"):
    """
    pk GENERATOR#<id>, sk GENERATOR; gsi1 GENERATOR / created_at#id.
    """

    id = UUIDAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    deleted_at = MomentAttribute(null=True)
    last_active_at = MomentAttribute(null=True)
    is_active = BooleanAttribute()
    is_system = BooleanAttribute()
    pak_short = UnicodeAttribute(null=True)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(f"GENERATOR#{id}", "GENERATOR")

    @classmethod
    def of(cls, generator: Generator) -> Self:
        item = cls(f"GENERATOR#{generator.id}", "GENERATOR", **asdict(generator))
        item.gsi1pk, item.gsi1sk = LISTING, f"{generator.created_at.isoformat()}#{generator.id}"
        return item

    def read(self) -> Generator:
        return self.as_a(Generator)


alive = present & GeneratorItem.deleted_at.does_not_exist()


def get(id: UUID) -> Generator:
    """
    Raises GeneratorNotFound, for a deleted one too.
    """
    item = find(GeneratorItem, f"GENERATOR#{id}", "GENERATOR")
    if item is None or item.deleted_at is not None:
        raise not_found(id)
    return item.read()


def all_live() -> list[Generator]:
    return [item.read() for item in listed(LISTING)]


def called(ids: Iterable[UUID]) -> dict[UUID, str]:
    """
    Of those that are there, deleted or not.
    """
    found = GeneratorItem.batch_get([(f"GENERATOR#{id}", "GENERATOR") for id in ids])
    return {item.id: item.name for item in found}


def registrations(id: UUID) -> list[Registration]:
    items = [item for item in partition(f"GENERATOR#{id}", "REGISTRATION#") if isinstance(item, RegistrationItem)]
    return [item.read() for item in items]


def not_found(id: UUID) -> GeneratorNotFound:
    return GeneratorNotFound(f"Generator not found: {id}")


def _changed(generator: Generator) -> Conflict:
    return Conflict(f"generator {generator.id} was changed by somebody else meanwhile; try again")


def name_taken(name: str) -> UniqueViolation:
    return UniqueViolation(f"a generator named {name!r} is there already", constraint="unique_generator_name")


def add(together: Together, generator: Generator) -> None:
    names.take(together, names.generator_key(generator.name), generator.id, name_taken(generator.name))
    together.add(GeneratorItem.of(generator))


def check_alive(together: Together, id: UUID, refused: Exception) -> None:
    together.check(GeneratorItem.at(id), alive, refused)


def change(together: Together, old: Generator, change: GeneratorChange, at: datetime) -> None:
    """
    Write what the change gives, on condition that the name is still the one that was read.
    """
    actions = [GeneratorItem.updated_at.set(at)]
    if change.name is not None:
        actions.append(GeneratorItem.name.set(change.name))
        taken = name_taken(change.name)
        names.move(together, names.generator_key(old.name), names.generator_key(change.name), old.id, taken)
    if change.description is not None:
        actions.append(GeneratorItem.description.set(change.description))
    if change.is_active is not None:
        actions.append(GeneratorItem.is_active.set(change.is_active))
    together.update(GeneratorItem.at(old.id), actions, alive & (GeneratorItem.name == old.name), _changed(old))


def replace_pak(together: Together, old: Generator, short: str, at: datetime) -> None:
    """
    On condition that no other rotation came first.
    """
    actions = [GeneratorItem.pak_short.set(short), GeneratorItem.updated_at.set(at)]
    together.update(GeneratorItem.at(old.id), actions, alive & _same_pak(old), _changed(old))


def _same_pak(old: Generator) -> Condition:
    if old.pak_short is None:
        return GeneratorItem.pak_short.does_not_exist()
    return GeneratorItem.pak_short == old.pak_short


def bury(together: Together, generator: Generator, at: datetime) -> None:
    """
    On condition that name and PAK are still those that were read: what is freed and revoked beside it is theirs.
    """
    names.free(together, names.generator_key(generator.name))
    gone = [GeneratorItem.gsi1pk.remove(), GeneratorItem.gsi1sk.remove(), GeneratorItem.pak_short.remove()]
    together.update(
        GeneratorItem.at(generator.id),
        [GeneratorItem.deleted_at.set(at), GeneratorItem.updated_at.set(at), *gone],
        alive & (GeneratorItem.name == generator.name) & _same_pak(generator),
        _changed(generator),
    )
