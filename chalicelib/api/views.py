"""
Response bodies, with every field of the contract: what there is none of is null.
"""

from datetime import UTC, datetime
from typing import overload

from chalicelib.api import shapes
from chalicelib.domain.agents import (
    Agent,
    AgentAnnotation,
    AgentLabel,
    AgentStatus,
    AgentTarget,
    Registration,
)
from chalicelib.domain.deployment_objects import DeploymentObject
from chalicelib.domain.events import AgentEvent
from chalicelib.domain.generators import Generator
from chalicelib.domain.keyless import Lent
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import Principal
from chalicelib.domain.stacks import Stack, StackAnnotation, StackLabel


@overload
def moment(at: datetime) -> str: ...
@overload
def moment(at: datetime | None) -> str | None: ...
def moment(at: datetime | None) -> str | None:
    """
    RFC 3339 in UTC, with microseconds where there are any.
    """
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def lent_pak(lent: Lent) -> shapes.LentPak:
    return {"token": str(lent.pak), "expires_at": moment(lent.expires_at), "generator": str(lent.generator_id)}


def principal_view(caller: Principal) -> shapes.AuthResponse:
    return {
        "admin": caller.is_admin,
        "agent": str(caller.id) if caller.is_agent else None,
        "generator": str(caller.id) if caller.is_generator else None,
        "readonly": False,
    }


def generator_view(generator: Generator) -> shapes.Generator:
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


def generator_with_pak(generator: Generator, pak: Pak) -> shapes.CreateGeneratorResponse:
    return {"generator": generator_view(generator), "pak": str(pak)}


def stack_view(stack: Stack) -> shapes.Stack:
    return {
        "id": str(stack.id),
        "created_at": moment(stack.created_at),
        "updated_at": moment(stack.updated_at),
        "deleted_at": moment(stack.deleted_at),
        "name": stack.name,
        "description": stack.description,
        "generator_id": str(stack.generator_id),
    }


def stack_label_view(label: StackLabel) -> shapes.StackLabel:
    return {"id": str(label.id), "stack_id": str(label.stack_id), "label": label.label}


def stack_annotation_view(annotation: StackAnnotation) -> shapes.StackAnnotation:
    return {
        "id": str(annotation.id),
        "stack_id": str(annotation.stack_id),
        "key": annotation.key,
        "value": annotation.value,
    }


def object_view(object: DeploymentObject) -> shapes.DeploymentObject:
    """
    `yaml_content` is left out where it was not asked for.
    """
    revision = object.revision
    view: shapes.DeploymentObject = {
        "id": str(revision.id),
        "created_at": moment(revision.created_at),
        "updated_at": moment(revision.created_at),
        "deleted_at": None,
        "sequence_id": revision.sequence_id,
        "stack_id": str(revision.stack_id),
        "yaml_checksum": revision.checksum,
        "submitted_at": moment(revision.created_at),
        "is_deletion_marker": revision.is_marker,
    }
    if object.content is not None:
        view["yaml_content"] = object.content
    return view


def agent_view(status: AgentStatus) -> shapes.Agent:
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
        "last_heartbeat": moment(heartbeat.last_heartbeat) if heartbeat else None,
        "k8s_reachable": heartbeat.k8s_reachable if heartbeat else None,
        "k8s_api_latency_ms": heartbeat.k8s_api_latency_ms if heartbeat else None,
        "k8s_reported_at": moment(heartbeat.k8s_reported_at) if heartbeat else None,
    }


def new_agent_view(agent: Agent, pak: Pak) -> shapes.CreateAgentResponse:
    return {"agent": agent_view(AgentStatus(agent, None)), "initial_pak": str(pak)}


def agent_with_pak(status: AgentStatus, pak: Pak) -> shapes.RotateAgentPakResponse:
    return {"agent": agent_view(status), "pak": str(pak)}


def agent_label_view(label: AgentLabel) -> shapes.AgentLabel:
    return {"id": str(label.id), "agent_id": str(label.agent_id), "label": label.label}


def agent_annotation_view(annotation: AgentAnnotation) -> shapes.AgentAnnotation:
    return {
        "id": str(annotation.id),
        "agent_id": str(annotation.agent_id),
        "key": annotation.key,
        "value": annotation.value,
    }


def target_view(target: AgentTarget) -> shapes.AgentTarget:
    return {"id": str(target.id), "agent_id": str(target.agent_id), "stack_id": str(target.stack_id)}


def registration_view(registration: Registration) -> shapes.AgentGeneratorRegistration:
    return {
        "id": str(registration.id),
        "agent_id": str(registration.agent_id),
        "generator_id": str(registration.generator_id),
        "registered_at": moment(registration.registered_at),
    }


def event_view(event: AgentEvent) -> shapes.AgentEvent:
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
