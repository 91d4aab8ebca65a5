"""
Response bodies, with every field of the contract: what there is none of is null.
"""

from datetime import UTC, datetime
from typing import Any, overload
from uuid import UUID

from chalicelib.domain.agents import (
    AgentAnnotation,
    AgentLabel,
    AgentStatus,
    AgentTarget,
    Heartbeat,
    Registration,
)
from chalicelib.domain.deployment_objects import DeploymentObject
from chalicelib.domain.events import AgentEvent
from chalicelib.domain.generators import Generator
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import Principal
from chalicelib.domain.stacks import Stack, StackAnnotation, StackLabel

Json = dict[str, Any]


@overload
def moment(at: datetime) -> str: ...
@overload
def moment(at: datetime | None) -> str | None: ...
def moment(at: datetime | None) -> str | None:
    """
    RFC 3339 in UTC, with microseconds where there are any.
    """
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain_view(
    thing: AgentLabel | AgentAnnotation | AgentTarget | Registration | StackLabel | StackAnnotation,
) -> Json:
    """
    Of a thing whose fields are the contract's, by name.
    """
    return {name: _plain(value) for name, value in vars(thing).items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, UUID) else value


def principal_view(caller: Principal) -> Json:
    return {
        "admin": caller.is_admin,
        "agent": str(caller.id) if caller.is_agent else None,
        "generator": str(caller.id) if caller.is_generator else None,
        "readonly": False,
    }


def generator_view(generator: Generator) -> Json:
    return {
        "id": str(generator.id),
        "created_at": moment(generator.created_at),
        "updated_at": moment(generator.updated_at),
        "deleted_at": moment(generator.deleted_at),
        "name": generator.name,
        "description": generator.description,
        "last_active_at": moment(generator.last_active_at),
        "is_active": generator.is_active,
        "is_system": generator.is_system,
    }


def generator_with_pak(generator: Generator, pak: Pak) -> Json:
    return {"generator": generator_view(generator), "pak": str(pak)}


def stack_view(stack: Stack) -> Json:
    return {
        "id": str(stack.id),
        "created_at": moment(stack.created_at),
        "updated_at": moment(stack.updated_at),
        "deleted_at": moment(stack.deleted_at),
        "name": stack.name,
        "description": stack.description,
        "generator_id": str(stack.generator_id),
    }


def object_view(object: DeploymentObject) -> Json:
    """
    `yaml_content` is left out where it was not asked for.
    """
    revision = object.revision
    content = {} if object.content is None else {"yaml_content": object.content}
    return {
        "id": str(revision.id),
        "created_at": moment(revision.created_at),
        "updated_at": moment(revision.created_at),
        "deleted_at": None,
        "sequence_id": revision.sequence_id,
        "stack_id": str(revision.stack_id),
        **content,
        "yaml_checksum": revision.checksum,
        "submitted_at": moment(revision.created_at),
        "is_deletion_marker": revision.is_marker,
    }


def agent_view(status: AgentStatus) -> Json:
    """
    A heartbeat counts as a change of its agent.
    """
    agent, heartbeat = status.agent, status.heartbeat
    changed = max(agent.updated_at, heartbeat.last_heartbeat) if heartbeat else agent.updated_at
    return {
        "id": str(agent.id),
        "created_at": moment(agent.created_at),
        "updated_at": moment(changed),
        "deleted_at": moment(agent.deleted_at),
        "name": agent.name,
        "cluster_name": agent.cluster_name,
        "status": agent.status,
        **_heartbeat_view(heartbeat),
    }


def _heartbeat_view(heartbeat: Heartbeat | None) -> Json:
    return {
        "last_heartbeat": moment(heartbeat.last_heartbeat) if heartbeat else None,
        "k8s_reachable": heartbeat.k8s_reachable if heartbeat else None,
        "k8s_api_latency_ms": heartbeat.k8s_api_latency_ms if heartbeat else None,
        "k8s_reported_at": moment(heartbeat.k8s_reported_at) if heartbeat else None,
    }


def event_view(event: AgentEvent) -> Json:
    return {
        "id": str(event.id),
        "created_at": moment(event.created_at),
        "updated_at": moment(event.updated_at),
        "deleted_at": None,
        "agent_id": str(event.agent_id),
        "deployment_object_id": str(event.deployment_object_id),
        "event_type": event.event_type,
        "status": event.status,
        "message": event.message,
    }
