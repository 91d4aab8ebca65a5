"""
A stack: what a generator deploys as one, revision after revision.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from chalicelib.domain import text


class Pointer(Struct, frozen=True):
    """
    The newest deployment object of a stack: all that a poll needs to know of it.
    """

    object_id: UUID
    sequence_id: int
    checksum: str
    is_marker: bool
    created_at: datetime


class Stack(Struct, frozen=True, kw_only=True):
    """
    `label_changes` is how often its labels and annotations have changed: as long as it is the same, so are they.
    """

    id: UUID
    name: str
    description: str | None
    generator_id: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    last_sequence_id: int = 0
    newest: Pointer | None = None
    label_changes: int = 0

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None

    @property
    def may_lag(self) -> bool:
        """
        Whether a number was given out above the pointer: a push under way, a gap, or a push that died before its last
        step. Only the stack's entries can tell.
        """
        return self.last_sequence_id > (self.newest.sequence_id if self.newest else 0)


class NewStack(Struct, frozen=True, kw_only=True):
    name: text.Name
    generator_id: UUID | None = None
    description: text.Description | None = None

    def __post_init__(self) -> None:
        text.name("name", self.name)
        text.description(self.description)


class StackChange(Struct, frozen=True, kw_only=True):
    """
    What may change of a stack; None leaves a field as it is. `id` is there to be compared with the path.
    """

    id: UUID | None = None
    name: text.Name | None = None
    description: text.Description | None = None
    generator_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.name is not None:
            text.name("name", self.name)
        text.description(self.description)


class StackLabel(Struct, frozen=True):
    id: UUID
    stack_id: UUID
    label: str


class StackAnnotation(Struct, frozen=True):
    id: UUID
    stack_id: UUID
    key: str
    value: str


class NewStackAnnotation(Struct, frozen=True, kw_only=True):
    key: text.Segment
    value: text.Word
    stack_id: UUID | None = None

    def __post_init__(self) -> None:
        text.annotation(self.key, self.value)
