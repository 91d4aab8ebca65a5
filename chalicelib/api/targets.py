from chalice import Blueprint, Response

from chalicelib.api.answers import caller, created, no_content
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import Json, plain_view
from chalicelib.domain.agents import NewAgentTarget
from chalicelib.services import targets

routes = Blueprint(__name__)


@routes.route("/api/v1/agents/{id}/targets", methods=["GET"])
def list_targets(id: str) -> list[Json]:
    return [plain_view(target) for target in targets.targets(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/targets", methods=["POST"])
def add_target(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(NewAgentTarget, routes.current_request)
    return created(plain_view(targets.add_target(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/targets/{stack_id}", methods=["DELETE"])
def remove_target(id: str, stack_id: str) -> Response:
    targets.remove_target(caller(routes), path_uuid(id), path_uuid(stack_id))
    return no_content()


@routes.route("/api/v1/agents/{id}/registrations", methods=["GET"])
def list_registrations(id: str) -> list[Json]:
    return [plain_view(registration) for registration in targets.registrations(caller(routes), path_uuid(id))]
