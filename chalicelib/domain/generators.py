"""
A generator: a tenant that owns stacks, usually one CI pipeline.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from chalicelib.domain import text

ADMIN_GENERATOR = "admin-generator"
SYSTEM_GENERATOR = "__system__"


class Generator(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    description: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    last_active_at: datetime | None = None
    is_active: bool = True
    is_system: bool = False
    pak_short: str | None = None


class NewGenerator(Struct, frozen=True, kw_only=True):
    name: text.Name
    description: text.Description | None = None

    def __post_init__(self) -> None:
        text.name("name", self.name)
        text.description(self.description)


class GeneratorChange(Struct, frozen=True, kw_only=True):
    """
    What may change of a generator; None leaves a field as it is. Other fields of a sent object are ignored.
    """

    name: text.Name | None = None
    description: text.Description | None = None
    is_active: bool | None = None

    def __post_init__(self) -> None:
        if self.name is not None:
            text.name("name", self.name)
        text.description(self.description)
