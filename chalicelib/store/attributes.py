"""
What an item's attributes hold, beyond text.
"""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from pynamodb.attributes import Attribute, UTCDateTimeAttribute
from pynamodb.constants import NUMBER, STRING

REMEMBERED = 4096


@lru_cache(REMEMBERED)
def _uuid(text: str) -> UUID:
    """
    An agent's id stands in all of its items, a stack's in three of them, and the next poll brings the same ones.
    """
    return UUID(text)


class UUIDAttribute(Attribute[UUID]):
    attr_type = STRING

    def serialize(self, value: UUID) -> str:
        return str(value)

    def deserialize(self, value: str) -> UUID:
        return _uuid(value)


class WholeNumberAttribute(Attribute[int]):
    """
    PynamoDB's own reads a number as JSON, which takes ten times as long.
    """

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class MomentAttribute(UTCDateTimeAttribute):
    """
    Kept as PynamoDB keeps it, and read in a tenth of the time.
    """

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)
