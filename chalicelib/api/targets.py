from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, NoContent, caller
from chalicelib.api.operations import ADMIN, AGENT, GENERATOR, Operation
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import registration_view, target_view
from chalicelib.domain.agents import NewAgentTarget
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    AgentNotRegistered,
    AgentPakMismatch,
    TargetCreateDenied,
    TargetGeneratorMismatch,
)
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentNotFound, AgentTargetNotFound, StackNotFound
from chalicelib.services import targets

routes = Blueprint(__name__)


@routes.route("/api/v1/agents/{id}/targets", methods=["GET"])
@Operation("list_targets", "agent-targets", by=ADMIN + AGENT, refuses=(AgentPakMismatch,))
def list_targets(id: str) -> list[shapes.AgentTarget]:
    return [target_view(target) for target in targets.targets(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/targets", methods=["POST"])
@Operation(
    "add_target",
    "agent-targets",
    by=ADMIN + GENERATOR,
    body=NewAgentTarget,
    refuses=(
        StackNotFound,
        TargetCreateDenied,
        TargetGeneratorMismatch,
        AgentNotRegistered,
        AgentIdMismatch,
        ForeignKeyViolation,
        UniqueViolation,
    ),
)
def add_target(id: str) -> Created[shapes.AgentTarget]:
    agent_id = path_uuid(id)
    body = parse(NewAgentTarget, routes.current_request)
    return Created(target_view(targets.add_target(caller(routes), agent_id, body)))


@routes.route("/api/v1/agents/{id}/targets/{stack_id}", methods=["DELETE"])
@Operation(
    "remove_target",
    "agent-targets",
    by=ADMIN + GENERATOR,
    refuses=(
        StackNotFound,
        TargetCreateDenied,
        TargetGeneratorMismatch,
        AgentNotRegistered,
        AgentNotFound,
        AgentTargetNotFound,
    ),
)
def remove_target(id: str, stack_id: str) -> NoContent:
    targets.remove_target(caller(routes), path_uuid(id), path_uuid(stack_id))
    return NoContent()


@routes.route("/api/v1/agents/{id}/registrations", methods=["GET"])
@Operation("list_agent_registrations", "agents", by=ADMIN + AGENT, refuses=(AgentPakMismatch, AgentNotFound))
def list_registrations(id: str) -> list[shapes.AgentGeneratorRegistration]:
    return [registration_view(registration) for registration in targets.registrations(caller(routes), path_uuid(id))]
