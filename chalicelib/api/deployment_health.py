from http import HTTPStatus

from chalice import Blueprint, Response

from chalicelib.api.answers import caller
from chalicelib.api.health_views import (
    DeploymentHealthResponse,
    StackHealthResponse,
    object_health_view,
    stack_health_view,
)
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.domain.deployment_health import HealthStatusUpdate
from chalicelib.services import deployment_health

routes = Blueprint(__name__)


@routes.route("/api/v1/agents/{id}/health-status", methods=["PATCH"])
def update_health_status(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(HealthStatusUpdate, routes.current_request)
    deployment_health.report(caller(routes), agent_id, body)
    return Response("", status_code=HTTPStatus.OK)


@routes.route("/api/v1/deployment-objects/{id}/health", methods=["GET"])
def get_deployment_health(id: str) -> DeploymentHealthResponse:
    return object_health_view(deployment_health.of_object(caller(routes), path_uuid(id)))


@routes.route("/api/v1/stacks/{id}/health", methods=["GET"])
def get_stack_health(id: str) -> StackHealthResponse:
    return stack_health_view(deployment_health.of_stack(caller(routes), path_uuid(id)))
