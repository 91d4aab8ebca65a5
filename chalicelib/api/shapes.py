"""
Response bodies as types: each is a schema of the OpenAPI document, under the contract's name for it.

A key that is not NotRequired is in every answer, with null where there is nothing to say.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Struct


class Format(Struct, frozen=True):
    """
    What a text or a number means, in JSON Schema's word for it.
    """

    name: str


Uuid = Annotated[str, Format("uuid")]
Moment = Annotated[str, Format("date-time")]
Int32 = Annotated[int, Format("int32")]


class ErrorResponse(TypedDict):
    code: str
    message: str
    details: NotRequired[dict[str, Any]]


class AuthResponse(TypedDict):
    admin: bool
    agent: Uuid | None
    generator: Uuid | None
    readonly: bool


class LentPak(TypedDict):
    token: str
    expires_at: Moment
    generator: Uuid


class Generator(TypedDict):
    id: Uuid
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None
    name: str
    description: str | None
    last_active_at: Moment | None
    is_active: bool
    is_system: bool


class CreateGeneratorResponse(TypedDict):
    generator: Generator
    pak: str


class Stack(TypedDict):
    id: Uuid
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None
    name: str
    description: str | None
    generator_id: Uuid


class StackLabel(TypedDict):
    id: Uuid
    stack_id: Uuid
    label: str


class StackAnnotation(TypedDict):
    id: Uuid
    stack_id: Uuid
    key: str
    value: str


class DeploymentObject(TypedDict):
    id: Uuid
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None
    sequence_id: int
    stack_id: Uuid
    yaml_content: NotRequired[str]
    yaml_checksum: str
    submitted_at: Moment
    is_deletion_marker: bool


class Agent(TypedDict):
    id: Uuid
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None
    name: str
    cluster_name: str
    status: str
    last_heartbeat: Moment | None
    k8s_reachable: bool | None
    k8s_api_latency_ms: Int32 | None
    k8s_reported_at: Moment | None


class CreateAgentResponse(TypedDict):
    agent: Agent
    initial_pak: str


class RotateAgentPakResponse(TypedDict):
    agent: Agent
    pak: str


class AgentLabel(TypedDict):
    id: Uuid
    agent_id: Uuid
    label: str


class AgentAnnotation(TypedDict):
    id: Uuid
    agent_id: Uuid
    key: str
    value: str


class AgentTarget(TypedDict):
    id: Uuid
    agent_id: Uuid
    stack_id: Uuid


class AgentGeneratorRegistration(TypedDict):
    id: Uuid
    agent_id: Uuid
    generator_id: Uuid
    registered_at: Moment


class AgentEvent(TypedDict):
    id: Uuid
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None
    agent_id: Uuid
    deployment_object_id: Uuid
    event_type: str
    status: str
    message: str | None
