"""
An item by its key, and those of a partition.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from pynamodb.pagination import ResultIterator

from chalicelib.store import connection
from chalicelib.store.table import Item

AnItem = TypeVar("AnItem", bound=Item)


def find(item: type[AnItem], pk: str, sk: str) -> AnItem | None:
    """
    Strongly consistent.
    """
    try:
        return item.get(pk, sk, consistent_read=True)
    except item.DoesNotExist:
        return None


def partition(
    pk: str, prefix: str = "", *, between: tuple[str, str] | None = None, consistent: bool = True
) -> Iterable[Item]:
    """
    A partition's items, or those of a prefix or between two keys of it, page after page, as the classes that they are.
    Those of a later version are passed over.

    As `Item.query`, which has DynamoDB pass them over: a filter that names every kind, to build and to send with each
    poll.
    """
    condition = Item.sk.between(*between) if between else Item.sk.startswith(prefix) if prefix else None
    how = {"range_key_condition": condition, "consistent_read": consistent}
    kinds = {Item.kind.get_discriminator(known) for known in Item.kind.get_registered_subclasses(Item)}
    rows: Iterable[dict[str, Any]] = ResultIterator(connection.table().query, (pk,), how)
    return (Item.from_raw_data(row) for row in rows if row["kind"]["S"] in kinds)


def listed(gsi1pk: str, prefix: str = "") -> Iterable[Any]:
    """
    An index partition's items in the order of their sort keys, with no more than what the index projects.
    """
    return Item.listing.query(gsi1pk, Item.gsi1sk.startswith(prefix) if prefix else None)
