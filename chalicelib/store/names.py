"""
Unique names: an item each, so that uniqueness is a condition of the transaction that creates.
"""

from uuid import UUID

from chalicelib.errors.conflicts import UniqueViolation
from chalicelib.store.attributes import UUIDAttribute
from chalicelib.store.reads import find
from chalicelib.store.table import Item
from chalicelib.store.writes import Together


class NameItem(Item, discriminator="name"):
    """
    pk NAME#<kind>#<name>, sk NAME; for an agent the cluster's name is the sk, since the two are unique together.
    """

    id = UUIDAttribute()


def stack_key(name: str) -> tuple[str, str]:
    return f"NAME#STACK#{name}", "NAME"


def generator_key(name: str) -> tuple[str, str]:
    return f"NAME#GENERATOR#{name}", "NAME"


def agent_key(name: str, cluster_name: str) -> tuple[str, str]:
    return f"NAME#AGENT#{name}", cluster_name


def find_holder(key: tuple[str, str]) -> UUID | None:
    item = find(NameItem, *key)
    return item.id if item else None


def take(together: Together, key: tuple[str, str], holder: UUID, taken: UniqueViolation) -> None:
    together.add(NameItem(*key, id=holder), taken)


def free(together: Together, key: tuple[str, str]) -> None:
    together.remove(NameItem(*key))


def move(together: Together, old: tuple[str, str], new: tuple[str, str], holder: UUID, taken: UniqueViolation) -> None:
    if old != new:
        free(together, old)
        take(together, new, holder, taken)
