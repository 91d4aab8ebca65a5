"""
An agent event: what an agent says became of a deployment object.
"""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Struct

from chalicelib.domain import text
from chalicelib.domain.bounds import Bounds
from chalicelib.errors.protocol import InvalidRequestBody

SUCCESS, FAILURE = "SUCCESS", "FAILURE"

MAX_EVENT_TYPE = 50
MAX_STATUS = 10
MAX_MESSAGE_BYTES = 256 * 1024  # an item holds 400 KB in all


class WithStatus:
    """
    What a report's status means, in whatever case it is written. There may be others, which mean neither.
    """

    status: str

    @property
    def succeeded(self) -> bool:
        return self.status.upper() == SUCCESS

    @property
    def failed(self) -> bool:
        return self.status.upper() == FAILURE


class AgentEvent(WithStatus, Struct, frozen=True, kw_only=True):
    id: UUID
    agent_id: UUID
    deployment_object_id: UUID
    event_type: str
    status: str
    message: str | None
    created_at: datetime
    updated_at: datetime


class Page(Struct, frozen=True, kw_only=True):
    """
    Which part of a list of events: so many at most, and only what is older than one of them. None is no bound.
    """

    limit: int | None = None
    before: UUID | None = None


class NewAgentEvent(WithStatus, Struct, frozen=True, kw_only=True):
    agent_id: UUID
    deployment_object_id: UUID
    event_type: Annotated[str, Bounds(1, MAX_EVENT_TYPE, r"\S")]
    status: Annotated[str, Bounds(1, MAX_STATUS, r"\S")]
    message: Annotated[str, Bounds(0, MAX_MESSAGE_BYTES)] | None = None

    def __post_init__(self) -> None:
        _bounded("event_type", self.event_type, MAX_EVENT_TYPE)
        _bounded("status", self.status, MAX_STATUS)
        if self.message is not None and len(text.clean("message", self.message).encode()) > MAX_MESSAGE_BYTES:
            raise InvalidRequestBody(f"message must be at most {MAX_MESSAGE_BYTES} bytes long")

    @property
    def digest(self) -> str:
        """
        Equal for two reports that say the same of the same object.
        """
        said = "\0".join((self.event_type, self.status, self.message or "", str(self.message is None)))
        return hashlib.sha256(f"{self.deployment_object_id}\0{said}".encode()).hexdigest()


def _bounded(field: str, value: str, most: int) -> None:
    text.clean(field, value)
    if not value.strip() or len(value) > most:
        raise InvalidRequestBody(f"{field} must be 1 to {most} characters long and not blank")
