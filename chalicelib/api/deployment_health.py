from chalice import Blueprint

from chalicelib.api.answers import Empty, NotModified, Ok, caller, tagged
from chalicelib.api.health_views import (
    DeploymentHealthResponse,
    StackHealthResponse,
    object_health_view,
    stack_health_view,
)
from chalicelib.api.operations import ADMIN, AGENT, Operation
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.domain.deployment_health import HealthStatusUpdate
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AdminRequired, AgentNotAssociated, AgentPakMismatch
from chalicelib.errors.invalid import InvalidHealthRecord
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import deployment_health

routes = Blueprint(__name__)


@routes.route("/api/v1/agents/{id}/health-status", methods=["PATCH"])
@Operation(
    "update_health_status",
    "health",
    by=ADMIN + AGENT,
    body=HealthStatusUpdate,
    refuses=(AgentPakMismatch, AgentNotAssociated, ForeignKeyViolation, InvalidHealthRecord),
)
def update_health_status(id: str) -> Empty:
    agent_id = path_uuid(id)
    body = parse(HealthStatusUpdate, routes.current_request)
    deployment_health.report(caller(routes), agent_id, body)
    return Empty()


@routes.route("/api/v1/deployment-objects/{id}/health", methods=["GET"])
@Operation("get_deployment_health", "health", by=ADMIN, refuses=(AdminRequired, ResponseTooLarge))
def get_deployment_health(id: str) -> Ok[DeploymentHealthResponse] | NotModified:
    health = deployment_health.of_object(caller(routes), path_uuid(id))
    refusal = ResponseTooLarge("these records are too large for one answer: ask for the stack's health")
    return tagged(object_health_view(health), routes.current_request, refusal)


@routes.route("/api/v1/stacks/{id}/health", methods=["GET"])
@Operation("get_stack_health", "health", by=ADMIN, refuses=(AdminRequired, ResponseTooLarge))
def get_stack_health(id: str) -> Ok[StackHealthResponse] | NotModified:
    health = deployment_health.of_stack(caller(routes), path_uuid(id))
    refusal = ResponseTooLarge("this stack's objects are too many for one answer: ask for the health of each")
    return tagged(stack_health_view(health), routes.current_request, refusal)
