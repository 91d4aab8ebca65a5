"""
Response bodies on the health of deployment objects.
"""

from typing import TypedDict
from uuid import uuid5

from chalicelib.api.shapes import Moment, Uuid
from chalicelib.api.views import moment
from chalicelib.domain.deployment_health import (
    DEGRADED,
    FAILING,
    HEALTHY,
    HealthRecord,
    ObjectHealth,
    StackHealth,
)


class DeploymentHealth(TypedDict):
    id: Uuid
    agent_id: Uuid
    deployment_object_id: Uuid
    status: str
    summary: str | None
    checked_at: Moment
    created_at: Moment
    updated_at: Moment


class DeploymentHealthResponse(TypedDict):
    deployment_object_id: Uuid
    health_records: list[DeploymentHealth]
    overall_status: str


class DeploymentObjectHealthSummary(TypedDict):
    id: Uuid
    status: str
    healthy_agents: int
    degraded_agents: int
    failing_agents: int


class StackHealthResponse(TypedDict):
    stack_id: Uuid
    overall_status: str
    deployment_objects: list[DeploymentObjectHealthSummary]


def _record_view(record: HealthRecord) -> DeploymentHealth:
    """
    There is one record for an agent and an object, so its id is made of theirs.
    """
    health = record.health
    return {
        "id": str(uuid5(record.agent_id, str(record.object_id))),
        "agent_id": str(record.agent_id),
        "deployment_object_id": str(record.object_id),
        "status": health.status,
        "summary": health.summary,
        "checked_at": moment(health.checked_at),
        "created_at": moment(health.created_at),
        "updated_at": moment(health.reported_at),
    }


def object_health_view(health: ObjectHealth) -> DeploymentHealthResponse:
    return {
        "deployment_object_id": str(health.object_id),
        "health_records": [_record_view(record) for record in health.records],
        "overall_status": health.status,
    }


def stack_health_view(health: StackHealth) -> StackHealthResponse:
    return {
        "stack_id": str(health.stack_id),
        "overall_status": health.status,
        "deployment_objects": [_summary_view(one) for one in health.objects],
    }


def _summary_view(health: ObjectHealth) -> DeploymentObjectHealthSummary:
    return {
        "id": str(health.object_id),
        "status": health.status,
        "healthy_agents": health.count(HEALTHY),
        "degraded_agents": health.count(DEGRADED),
        "failing_agents": health.count(FAILING),
    }
