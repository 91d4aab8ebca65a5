"""
An agent: the program in one cluster that applies what its stacks hold.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Struct, field

from chalicelib.domain import text
from chalicelib.domain.bounds import Bounds
from chalicelib.domain.diagnostics import PendingDiagnostic
from chalicelib.domain.events import WithStatus
from chalicelib.errors.invalid import InvalidAgent
from chalicelib.errors.protocol import InvalidRequestBody

MAX_GENERATORS_AT_CREATION = 25  # what one DynamoDB transaction of 100 writes carries, with room

ACTIVE = "ACTIVE"
INACTIVE = "INACTIVE"
Status = Literal["ACTIVE", "INACTIVE"]

MAX_LATENCY_MS = 2**31 - 1  # the contract's i32


class Heartbeat(Struct, frozen=True):
    last_heartbeat: datetime
    k8s_reachable: bool | None = None
    k8s_api_latency_ms: int | None = None
    k8s_reported_at: datetime | None = None


class Agent(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    cluster_name: str
    status: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    pak_short: str | None = None

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE


class AgentStatus(Struct, frozen=True):
    """
    An agent and its last heartbeat, which are kept apart so that a heartbeat costs little.
    """

    agent: Agent
    heartbeat: Heartbeat | None


class NewAgent(Struct, frozen=True, kw_only=True):
    name: text.Name
    cluster_name: text.Name
    generator_ids: Annotated[list[UUID], Bounds(0, MAX_GENERATORS_AT_CREATION)] = field(default_factory=list)

    def __post_init__(self) -> None:
        text.name("name", self.name, InvalidAgent)
        text.name("cluster_name", self.cluster_name, InvalidAgent)
        if len(self.generator_ids) > MAX_GENERATORS_AT_CREATION:
            raise InvalidRequestBody(
                f"generator_ids: at most {MAX_GENERATORS_AT_CREATION} at creation; "
                "register the others with POST /generators/{id}/register"
            )


class AgentChange(Struct, frozen=True, kw_only=True):
    name: text.Name | None = None
    cluster_name: text.Name | None = None
    status: Status | None = None

    def __post_init__(self) -> None:
        if self.name is not None:
            text.name("name", self.name)
        if self.cluster_name is not None:
            text.name("cluster_name", self.cluster_name)


class HeartbeatReport(Struct, frozen=True, kw_only=True):
    """
    What an agent says of its API server. A latency without `k8s_reachable` says nothing.
    """

    k8s_reachable: bool | None = None
    k8s_api_latency_ms: Annotated[int, Bounds(-MAX_LATENCY_MS, MAX_LATENCY_MS)] | None = None

    def __post_init__(self) -> None:
        if self.k8s_api_latency_ms is not None and abs(self.k8s_api_latency_ms) > MAX_LATENCY_MS:
            raise InvalidRequestBody(f"k8s_api_latency_ms must be at most {MAX_LATENCY_MS}")


class AgentLabel(Struct, frozen=True):
    id: UUID
    agent_id: UUID
    label: str


class NewAgentLabel(Struct, frozen=True, kw_only=True):
    label: text.Segment
    agent_id: UUID | None = None

    def __post_init__(self) -> None:
        text.label(self.label)


class AgentAnnotation(Struct, frozen=True):
    id: UUID
    agent_id: UUID
    key: str
    value: str


class NewAgentAnnotation(Struct, frozen=True, kw_only=True):
    key: text.Segment
    value: text.Word
    agent_id: UUID | None = None

    def __post_init__(self) -> None:
        text.annotation(self.key, self.value)


class AgentTarget(Struct, frozen=True):
    id: UUID
    agent_id: UUID
    stack_id: UUID


class NewAgentTarget(Struct, frozen=True, kw_only=True):
    stack_id: UUID
    agent_id: UUID | None = None


class Registration(Struct, frozen=True):
    id: UUID
    agent_id: UUID
    generator_id: UUID
    registered_at: datetime


class RegistrationRequest(Struct, frozen=True, kw_only=True):
    agent_id: UUID | None = None


class LastReport(WithStatus, Struct, frozen=True, kw_only=True):
    """
    What an agent last reported of a stack: of which object, and which event keeps it.
    """

    object_id: UUID
    sequence_id: int
    status: str
    event: str
    digest: str


class Given(Struct, frozen=True, kw_only=True):
    """
    That an agent was served something of a stack.

    `withdrawal_id` is the id of the deletion marker under which the stack will be taken back, should it leave the agent
    while it lives on elsewhere; `is_withdrawn` says that the agent was shown it.
    """

    agent_id: UUID
    stack_id: UUID
    withdrawal_id: UUID
    is_withdrawn: bool = False
    last_report: LastReport | None = None

    def reported(self, object_id: UUID) -> LastReport | None:
        """
        The last report, if it is on this object.
        """
        return self.last_report if self.last_report and self.last_report.object_id == object_id else None

    @property
    def answered(self) -> int | None:
        """
        The sequence id of the object that the agent has reported on, whatever it said. A withdrawal makes that void:
        should the stack come back, the agent has to apply it, and to say so, anew.
        """
        if self.last_report is None or self.is_withdrawn or self.last_report.object_id == self.withdrawal_id:
            return None
        return self.last_report.sequence_id


class AgentFile(Struct, frozen=True, kw_only=True):
    """
    Everything the table keeps under an agent, as one query brings it.
    """

    agent: Agent | None
    labels: list[AgentLabel]
    annotations: list[AgentAnnotation]
    targets: list[AgentTarget]
    registrations: list[Registration]
    given: list[Given]
    diagnostics: list[PendingDiagnostic]

    def pending_diagnostics(self, at: datetime) -> int:
        return sum(one.expires_at > at for one in self.diagnostics)
