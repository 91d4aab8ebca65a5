"""
What an item's attributes hold, beyond text.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from pynamodb.attributes import Attribute, UTCDateTimeAttribute
from pynamodb.constants import MAP, NUMBER, STRING, STRING_SET

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


class WordsAttribute(Attribute[frozenset[str]]):
    """
    A set of texts. DynamoDB keeps no empty one: it is None.
    """

    attr_type = STRING_SET

    def serialize(self, value: Collection[str]) -> list[str] | None:
        return sorted(value) or None

    def deserialize(self, value: list[str]) -> frozenset[str]:
        return frozenset(value)


class UUIDsAttribute(Attribute[frozenset[UUID]]):
    """
    A set of ids. DynamoDB keeps no empty one: it is None.
    """

    attr_type = STRING_SET

    def serialize(self, value: Collection[UUID]) -> list[str] | None:
        return sorted(map(str, value)) or None

    def deserialize(self, value: list[str]) -> frozenset[UUID]:
        return frozenset(map(_uuid, value))


class NumbersByIdAttribute(Attribute[Mapping[UUID, int]]):
    attr_type = MAP

    def serialize(self, value: Mapping[UUID, int]) -> dict[str, dict[str, str]]:
        return {str(id): {NUMBER: str(number)} for id, number in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> Mapping[UUID, int]:
        return {_uuid(id): int(number[NUMBER]) for id, number in value.items()}


class WordsByIdAttribute(Attribute[Mapping[UUID, str]]):
    attr_type = MAP

    def serialize(self, value: Mapping[UUID, str]) -> dict[str, dict[str, str]]:
        return {str(id): {STRING: word} for id, word in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> Mapping[UUID, str]:
        return {_uuid(id): word[STRING] for id, word in value.items()}
