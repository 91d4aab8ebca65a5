"""
A deployment object: one immutable revision of a stack.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Struct

from chalicelib.domain import text
from chalicelib.domain.bounds import Bounds
from chalicelib.domain.stacks import Pointer
from chalicelib.errors.invalid import InvalidIdempotencyKey

MAX_IDEMPOTENCY_KEY = 255
IdempotencyKey = Annotated[str, Bounds(1, MAX_IDEMPOTENCY_KEY)]


def checksum_of(content: str) -> str:
    """
    Lower-case hex SHA-256 of the UTF-8 bytes, exactly as received: clients compare it with their own.
    """
    return hashlib.sha256(content.encode()).hexdigest()


EMPTY_CHECKSUM = checksum_of("")


class Revision(Struct, frozen=True, kw_only=True):
    """
    A deployment object without its text.
    """

    id: UUID
    stack_id: UUID
    sequence_id: int
    checksum: str
    is_marker: bool
    created_at: datetime

    @property
    def pointer(self) -> Pointer:
        return Pointer(self.id, self.sequence_id, self.checksum, self.is_marker, self.created_at)

    @classmethod
    def of(cls, stack_id: UUID, pointer: Pointer) -> Self:
        return cls(
            id=pointer.object_id,
            stack_id=stack_id,
            sequence_id=pointer.sequence_id,
            checksum=pointer.checksum,
            is_marker=pointer.is_marker,
            created_at=pointer.created_at,
        )


class DeploymentObject(Struct, frozen=True):
    """
    `content` is None where the caller did not ask for it.
    """

    revision: Revision
    content: str | None


class NewDeploymentObject(Struct, frozen=True, kw_only=True):
    yaml_content: str
    is_deletion_marker: bool = False


class Attempt(Struct, frozen=True, kw_only=True):
    """
    What an idempotency key stands for: the revision that the first push under it was given.
    """

    revision: Revision

    def is_for(self, content_checksum: str, *, is_marker: bool) -> bool:
        return (self.revision.checksum, self.revision.is_marker) == (content_checksum, is_marker)


def idempotency_key(value: str | None) -> str | None:
    """
    The header's value, checked: 1 to 255 visible characters.
    """
    if value is None:
        return None
    text.clean("Idempotency-Key", value, InvalidIdempotencyKey)
    if not value.strip() or len(value) > MAX_IDEMPOTENCY_KEY or not value.isprintable():
        raise InvalidIdempotencyKey(f"Idempotency-Key must be 1 to {MAX_IDEMPOTENCY_KEY} printable characters")
    return value
