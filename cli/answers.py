"""
What the broker answers, as far as we look at it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

from cli.errors import CliError

Row = Mapping[str, Any]
T = TypeVar("T")


def read(make: Callable[[Any], T], answer: Any, what: str) -> T:
    try:
        return make(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CliError(f"the broker's answer is not {what}", "check the broker's URL, and its version") from error


@dataclass(frozen=True)
class Identity:
    """
    Whose PAK it is. `version` is the broker's, where it tells.
    """

    admin: bool
    generator: str | None
    agent: str | None
    version: str | None

    @classmethod
    def of(cls, row: Row, version: str | None) -> Self:
        return cls(row["admin"] is True, row["generator"], row["agent"], version)


@dataclass(frozen=True, order=True)
class Stack:
    name: str
    id: str
    generator_id: str
    created_at: str
    description: str | None = field(compare=False)

    @classmethod
    def of(cls, row: Row) -> Self:
        described = row.get("description")
        return cls(str(row["name"]), str(row["id"]), str(row["generator_id"]), str(row["created_at"]), described)


@dataclass(frozen=True)
class Revision:
    """
    A deployment object without its text.
    """

    id: str
    sequence_id: int
    yaml_checksum: str
    is_deletion_marker: bool
    submitted_at: str

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(
            str(row["id"]),
            int(row["sequence_id"]),
            str(row["yaml_checksum"]),
            row["is_deletion_marker"] is True,
            str(row["submitted_at"]),
        )


@dataclass(frozen=True)
class Registration:
    id: str
    agent_id: str
    generator_id: str
    registered_at: str

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(str(row["id"]), str(row["agent_id"]), str(row["generator_id"]), str(row["registered_at"]))


def moment(text: str) -> str:
    """
    `YYYY-MM-DD HH:MM:SS[.f] UTC`.
    """
    return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(" ") + " UTC"
