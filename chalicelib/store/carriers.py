"""
Who carries a label or an annotation, an agent or a stack: each is an item of its owner's, and an index entry that leads
back to the owner.
"""

from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from chalicelib.store.reads import listed
from chalicelib.store.table import Item

LABEL, ANNOTATION = "LABEL#", "ANNOTATION#"

AnItem = TypeVar("AnItem", bound=Item)


class Carriers(Struct, frozen=True):
    """
    Those of one kind, AGENT or STACK. Neither labels nor keys nor values hold white space.
    """

    kind: str

    def label(self, item: AnItem, owner_id: UUID, label: str) -> AnItem:
        """
        An item at its place, pk <kind>#<id>, sk LABEL#<label>; gsi1 <kind>LABEL#<label> / owner's id.
        """
        return self._placed(item, owner_id, f"{LABEL}{label}", self._of_label(label))

    def annotation(self, item: AnItem, owner_id: UUID, key: str, value: str) -> AnItem:
        """
        The same, sk ANNOTATION#<key>; gsi1 <kind>ANNOTATION#<key> <value> / owner's id.
        """
        return self._placed(item, owner_id, f"{ANNOTATION}{key}", self._of_annotation(key, value))

    def with_label(self, label: str) -> set[UUID]:
        """
        Deleted ones may be among them.
        """
        return _owners(self._of_label(label))

    def with_annotation(self, key: str, value: str) -> set[UUID]:
        """
        Deleted ones may be among them.
        """
        return _owners(self._of_annotation(key, value))

    def _of_label(self, label: str) -> str:
        return f"{self.kind}LABEL#{label}"

    def _of_annotation(self, key: str, value: str) -> str:
        return f"{self.kind}ANNOTATION#{key} {value}"

    def _placed(self, item: AnItem, owner_id: UUID, sk: str, entry: str) -> AnItem:
        item.pk, item.sk = f"{self.kind}#{owner_id}", sk
        item.gsi1pk, item.gsi1sk = entry, str(owner_id)
        return item


def _owners(entry: str) -> set[UUID]:
    return {UUID(item.gsi1sk) for item in listed(entry)}
