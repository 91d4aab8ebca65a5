"""
A diagnostic: the question to one agent what became of a deployment object in its cluster, and the answer.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain import moments, text
from chalicelib.domain.bounds import Bounds
from chalicelib.errors.invalid import InvalidDiagnosticRequest, InvalidDiagnosticResult
from chalicelib.errors.protocol import PayloadTooLarge

DEFAULT_MINUTES = 60
MAX_MINUTES = 1440
MAX_AGE = timedelta(hours=1)
MAX_RESULT_BYTES = 4 * 1024 * 1024


class Status(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"


class NewDiagnostic(Struct, frozen=True, kw_only=True):
    agent_id: UUID
    requested_by: Annotated[str, Bounds(0, text.MAX_NAME)] | None = None
    retention_minutes: Annotated[int, Bounds(1, MAX_MINUTES)] | None = None

    def check(self) -> None:
        """
        Apart from making one, because it comes after the question whether object and agent are there.
        """
        if self.requested_by is not None:
            text.clean("requested_by", self.requested_by, InvalidDiagnosticRequest)
            if len(self.requested_by) > text.MAX_NAME:
                raise InvalidDiagnosticRequest(f"requested_by must be at most {text.MAX_NAME} characters long")
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise InvalidDiagnosticRequest(f"retention_minutes must be from 1 to {MAX_MINUTES}")

    @property
    def minutes(self) -> int:
        return DEFAULT_MINUTES if self.retention_minutes is None else self.retention_minutes


class Diagnostic(Struct, frozen=True, kw_only=True):
    """
    `result_id` is where the answer is kept, once there is one.
    """

    id: UUID
    agent_id: UUID
    deployment_object_id: UUID
    status: Status
    requested_by: str | None
    created_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    completed_at: datetime | None = None
    result_id: UUID | None = None

    @classmethod
    def asked(cls, id: UUID, object_id: UUID, new: NewDiagnostic, at: datetime) -> Self:
        return cls(
            id=id,
            agent_id=new.agent_id,
            deployment_object_id=object_id,
            status=Status.PENDING,
            requested_by=new.requested_by,
            created_at=at,
            expires_at=at + timedelta(minutes=new.minutes),
        )

    @property
    def gone_at(self) -> datetime:
        """
        From when on nobody is shown it: an hour after it was asked, but never before it expires.
        """
        return max(self.created_at + MAX_AGE, self.expires_at)

    def claimed(self, at: datetime) -> Self:
        return replace(self, status=Status.CLAIMED, claimed_at=at)

    def seen(self, at: datetime) -> Self:
        """
        What it is at that moment. No clock job has to come by for it to expire: nobody wrote this down.
        """
        if at < self.expires_at:
            return self
        if self.status is Status.PENDING:
            return replace(self, status=Status.EXPIRED)
        if self.status is Status.CLAIMED:
            return replace(self, status=Status.FAILED, completed_at=self.expires_at)
        return self


class PendingDiagnostic(Struct, frozen=True):
    """
    That an agent is to claim a diagnostic, if it does so in time.
    """

    id: UUID
    expires_at: datetime


class NewDiagnosticResult(Struct, frozen=True, kw_only=True):
    """
    What the agent found, each as a text that holds JSON.
    """

    pod_statuses: str
    events: str
    collected_at: datetime
    log_tails: str | None = None

    def __post_init__(self) -> None:
        texts = {"pod_statuses": self.pod_statuses, "events": self.events, "log_tails": self.log_tails or ""}
        for field, value in texts.items():
            text.clean(field, value, InvalidDiagnosticResult)
        moments.utc("collected_at", self.collected_at)
        size = sum(len(value.encode()) for value in texts.values())
        if size > MAX_RESULT_BYTES:
            raise PayloadTooLarge(
                f"pod_statuses, events and log_tails can have {MAX_RESULT_BYTES} bytes in all; these have {size}"
            )

    def check(self) -> None:
        """
        Apart from making one, because it comes after the question whose diagnostic it is.
        """
        for field, value in {"pod_statuses": self.pod_statuses, "events": self.events}.items():
            if not value.strip():
                raise InvalidDiagnosticResult(f"{field} must not be empty")


class DiagnosticResult(Struct, frozen=True, kw_only=True):
    id: UUID
    request_id: UUID
    pod_statuses: str
    events: str
    log_tails: str | None
    collected_at: datetime
    created_at: datetime

    @classmethod
    def of(cls, id: UUID, request_id: UUID, new: NewDiagnosticResult, at: datetime) -> Self:
        return cls(
            id=id,
            request_id=request_id,
            pod_statuses=new.pod_statuses,
            events=new.events,
            log_tails=new.log_tails,
            collected_at=moments.utc("collected_at", new.collected_at),
            created_at=at,
        )
