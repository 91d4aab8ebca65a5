"""
What is kept compressed. A text that may be larger than an item is in the item itself where that is small, else in
pieces beside it.
"""

import zlib

from pynamodb.attributes import Attribute, BinaryAttribute
from pynamodb.constants import BINARY

from chalicelib.store.attributes import WholeNumberAttribute
from chalicelib.store.reads import partition
from chalicelib.store.table import Item

INLINE_BYTES = 3_000  # the item stays under one 4 KB read unit, whatever the text
PIECE_BYTES = 390_000  # an item holds 400 KB in all


def pack(content: bytes) -> bytes:
    return zlib.compress(content)


def unpack(packed: bytes) -> bytes:
    return zlib.decompress(packed)


class PackedAttribute(Attribute[str]):
    """
    A text that is small enough for an item.
    """

    attr_type = BINARY

    def serialize(self, value: str) -> bytes:
        return pack(value.encode())

    def deserialize(self, value: bytes) -> str:
        return unpack(value).decode()


class PackedItem(Item):
    """
    What an item with a text has.
    """

    text = BinaryAttribute(legacy_encoding=False, null=True)
    pieces = WholeNumberAttribute(default=0)

    def save_with(self, content: str) -> None:
        """
        The pieces first: an item that is there has all of its text. They expire with it.
        """
        packed = pack(content.encode())
        if not content:
            pass
        elif len(packed) <= INLINE_BYTES:
            self.text = packed
        else:
            self.pieces = self._save_pieces(packed)
        self.save()

    def _save_pieces(self, packed: bytes) -> int:
        pieces = [packed[start : start + PIECE_BYTES] for start in range(0, len(packed), PIECE_BYTES)]
        for number, piece in enumerate(pieces):
            PieceItem(self.pk, f"PIECE#{number:04}", text=piece, expires_at=self.expires_at).save()
        return len(pieces)

    def content(self) -> str:
        packed = self.text
        if self.pieces:
            found = partition(self.pk, "PIECE#")
            packed = b"".join(piece.text for piece in found if isinstance(piece, PieceItem))
        return unpack(packed).decode() if packed else ""


class PieceItem(Item, discriminator="piece"):
    """
    pk of the item with the text, sk PIECE#<n>: a part of what does not fit into it.
    """

    text = BinaryAttribute(legacy_encoding=False)
