"""
The audit log: who did what to what, from where. Its actions are the contract's, and ours for targets.
"""

import re
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from chalicelib.errors.protocol import InvalidQuery

LIFE = timedelta(days=90)

ActorType = Literal["admin", "agent", "generator", "system"]
ACTOR_TYPES: tuple[ActorType, ...] = ("admin", "agent", "generator", "system")
SYSTEM: ActorType = "system"

NOUNS = ("agent", "auth", "config", "generator", "pak", "stack", "target", "template", "trust", "webhook", "workorder")
ACTION = re.compile(r"[a-z_.]{1,64}\*?|\*", re.ASCII)
RESOURCE_TYPE = re.compile(r"[a-z_]{1,64}", re.ASCII)

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


class Entry(Struct, frozen=True, kw_only=True):
    """
    One row of the log. `resource_id` is None where there is but one of its kind.
    """

    id: UUID
    timestamp: datetime
    actor_type: str
    actor_id: UUID | None
    action: str
    resource_type: str
    resource_id: UUID | None
    details: dict[str, Any] | None
    ip_address: str | None
    user_agent: str | None

    @property
    def noun(self) -> str:
        """
        What an action begins with, and by what the log finds it.
        """
        return self.action.partition(".")[0]


class Named(Struct, frozen=True):
    """
    A row as it is shown: with the name that its actor has now.
    """

    entry: Entry
    actor_name: str | None


class Wanted(Struct, frozen=True, kw_only=True):
    """
    What is asked of the log: rows from a moment on, up to but without another, that fit everything given; of these
    `limit`, the newest first, after `offset` of them.
    """

    actor_type: str | None = None
    actor_id: UUID | None = None
    action: str | None = None
    resource_type: str | None = None
    resource_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0

    def __post_init__(self) -> None:
        if self.actor_type is not None and self.actor_type not in ACTOR_TYPES:
            raise InvalidQuery(f"actor_type: expected one of {', '.join(ACTOR_TYPES)}")
        if self.action is not None and not ACTION.fullmatch(self.action):
            raise InvalidQuery("action: expected one like stack.created, or what it begins with and a *")
        if self.resource_type is not None and not RESOURCE_TYPE.fullmatch(self.resource_type):
            raise InvalidQuery("resource_type: expected one like stack")

    @property
    def noun(self) -> str | None:
        """
        The one noun that every action asked for begins with; None where there may be several.
        """
        if self.action is None:
            return None
        word, dot, _ = self.action.partition(".")
        if dot or not word.endswith("*"):
            return word
        begun = word.removesuffix("*")
        fitting = [noun for noun in NOUNS if noun.startswith(begun)] or [begun]
        return fitting[0] if len(fitting) == 1 else None

    @property
    def all_of_noun(self) -> bool:
        """
        Whether every action of that noun is asked for.
        """
        return bool(self.action and self.action.endswith("*") and f"{self.noun}.".startswith(self.action[:-1]))


class Found(Struct, frozen=True):
    """
    `total` counts all that fit, not only those of this page.
    """

    entries: list[Entry] = field(default_factory=list)
    total: int = 0
