"""
Texts that may be larger than an item: compressed, in the item itself where that is small, else in pieces beside it.
"""

import zlib

from pynamodb.attributes import BinaryAttribute

from chalicelib.store.attributes import WholeNumberAttribute
from chalicelib.store.reads import partition
from chalicelib.store.table import Item

INLINE_BYTES = 3_000  # the item stays under one 4 KB read unit, whatever the text
PIECE_BYTES = 390_000  # an item holds 400 KB in all


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
        packed = zlib.compress(content.encode())
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
        return zlib.decompress(packed).decode() if packed else ""


class PieceItem(Item, discriminator="piece"):
    """
    pk of the item with the text, sk PIECE#<n>: a part of what does not fit into it.
    """

    text = BinaryAttribute(legacy_encoding=False)
