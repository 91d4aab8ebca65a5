"""
The health of deployment objects: what each agent says of what it applied.
"""

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.domain import moments, text
from chalicelib.domain.bounds import Bounds
from chalicelib.errors.invalid import InvalidHealthRecord
from chalicelib.errors.protocol import InvalidRequestBody

HEALTHY, DEGRADED, FAILING, UNKNOWN = STATUSES = ("healthy", "degraded", "failing", "unknown")
WORST_FIRST = (FAILING, DEGRADED, HEALTHY)

MAX_RECORDS = 100
MAX_SUMMARY_BYTES = 64 * 1024
MAX_PODS = 2**31 - 1  # the contract's i32
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class ResourceHealth(Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    namespace: str
    ready: bool
    message: str | None = None

    def __str__(self) -> str:
        return "/".join(filter(None, (self.kind, self.namespace, self.name)))


class HealthSummary(Struct, frozen=True, kw_only=True):
    pods_ready: Annotated[int, Bounds(-MAX_PODS, MAX_PODS)]
    pods_total: Annotated[int, Bounds(-MAX_PODS, MAX_PODS)]
    conditions: list[str]
    resources: list[ResourceHealth] | None = None

    def __post_init__(self) -> None:
        for field, value in (("pods_ready", self.pods_ready), ("pods_total", self.pods_total)):
            if abs(value) > MAX_PODS:
                raise InvalidRequestBody(f"summary: {field} must be from {-MAX_PODS} to {MAX_PODS}")
        for said in self._texts():
            text.clean("summary", said)
        if len(self.json().encode()) > MAX_SUMMARY_BYTES:
            raise InvalidRequestBody(f"summary must be at most {MAX_SUMMARY_BYTES} bytes long")

    def _texts(self) -> Iterator[str]:
        yield from self.conditions
        for one in self.resources or ():
            yield from (one.kind, one.name, one.namespace, one.message or "")

    def json(self) -> str:
        """
        As it is kept and served: what there is none of is left out.
        """
        resources = None if self.resources is None else [_given(asdict(one)) for one in self.resources]
        return json.dumps(_given({**asdict(self), "resources": resources}), separators=(",", ":"), ensure_ascii=False)

    def problems(self) -> list[str]:
        """
        Why it is not well: what is not ready, or the conditions where nothing is named.
        """
        unready = [one for one in self.resources or () if not one.ready]
        return [f"{one}: {one.message or 'not ready'}" for one in unready] or self.conditions

    @classmethod
    def read(cls, said: str) -> Self:
        values = json.loads(said)
        resources = values.pop("resources", None)
        return cls(**values, resources=resources and [ResourceHealth(**one) for one in resources])


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class DeploymentObjectHealthUpdate(Struct, frozen=True, kw_only=True):
    id: UUID
    status: str
    checked_at: datetime
    summary: HealthSummary | None = None

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise InvalidHealthRecord(f"status must be one of {', '.join(STATUSES)}")
        moments.require_zone("checked_at", self.checked_at)
        if self.checked_at < EARLIEST:
            raise InvalidRequestBody("checked_at must not lie before 1970")


class HealthStatusUpdate(Struct, frozen=True, kw_only=True):
    deployment_objects: Annotated[list[DeploymentObjectHealthUpdate], Bounds(0, MAX_RECORDS)]

    def __post_init__(self) -> None:
        if len(self.deployment_objects) > MAX_RECORDS:
            raise InvalidRequestBody(
                f"deployment_objects: at most {MAX_RECORDS} at once; send the others by themselves"
            )

    def latest(self) -> list[DeploymentObjectHealthUpdate]:
        """
        One for each object: of two, the one that was checked later, and of two of one moment the last.
        """
        in_time = sorted(self.deployment_objects, key=lambda one: one.checked_at)
        return list({one.id: one for one in in_time}.values())


class Health(Struct, frozen=True, kw_only=True):
    """
    What an agent last said of one deployment object. `since` is when the broker first heard of this status and
    `reported_at` when it last heard of it: an agent's clock counts for neither.
    """

    status: str
    since: datetime
    created_at: datetime
    checked_at: datetime
    reported_at: datetime
    summary: str | None = None

    def status_at(self, at: datetime, silence: timedelta) -> str:
        """
        What was last said too long ago says nothing of now.
        """
        return self.status if at - self.reported_at <= silence else UNKNOWN

    def still_says(self, said: DeploymentObjectHealthUpdate) -> bool:
        return (self.status, self.summary) == (said.status, said.summary and said.summary.json())

    def is_to_renew(self, at: datetime, silence: timedelta) -> bool:
        """
        Whether the same word again is worth a write: a third of the threshold is early enough to keep it fresh.
        """
        return at - self.reported_at >= silence / 3

    def is_later_than(self, said: DeploymentObjectHealthUpdate) -> bool:
        return said.checked_at < self.checked_at

    @classmethod
    def of(cls, said: DeploymentObjectHealthUpdate, before: Self | None, at: datetime) -> Self:
        """
        A moment that has not come yet counts as now, or it would keep all later reports out.
        """
        return cls(
            status=said.status,
            since=before.since if before and before.status == said.status else at,
            created_at=before.created_at if before else at,
            checked_at=min(said.checked_at, at),
            reported_at=at,
            summary=said.summary.json() if said.summary else None,
        )


class HealthRecord(Struct, frozen=True, kw_only=True):
    """
    That an agent said so of that object. A former one has given way there to a later object of its stack.
    """

    agent_id: UUID
    object_id: UUID
    health: Health
    is_former: bool = False

    def at(self, at: datetime, silence: timedelta) -> Self:
        """
        As it is to be read at that moment.
        """
        status = UNKNOWN if self.is_former else self.health.status_at(at, silence)
        return replace(self, health=replace(self.health, status=status))


class ObjectHealth(Struct, frozen=True):
    object_id: UUID
    records: list[HealthRecord]

    @property
    def status(self) -> str:
        return overall([one.health.status for one in self.records])

    def count(self, status: str) -> int:
        return sum(one.health.status == status for one in self.records)


class StackHealth(Struct, frozen=True):
    stack_id: UUID
    objects: list[ObjectHealth]

    @property
    def status(self) -> str:
        return overall([one.status for one in self.objects])


def overall(statuses: Collection[str]) -> str:
    """
    The worst that is known.
    """
    return next((status for status in WORST_FIRST if status in statuses), UNKNOWN)
