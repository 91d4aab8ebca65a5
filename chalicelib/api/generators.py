from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, NoContent, Ok, bounded, caller
from chalicelib.api.operations import ADMIN, AGENT, GENERATOR, Operation
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import generator_view, generator_with_pak, registration_view
from chalicelib.domain.agents import RegistrationRequest
from chalicelib.domain.generators import GeneratorChange, NewGenerator
from chalicelib.errors.conflicts import AlreadyRegistered, ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    AdminRequired,
    CannotDeleteSystemGenerator,
    Forbidden,
    GeneratorNotOwned,
    NotAuthorized,
    SystemGeneratorNotATenant,
)
from chalicelib.errors.invalid import MissingAgentId
from chalicelib.errors.not_found import GeneratorNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import generators

routes = Blueprint(__name__)


@routes.route("/api/v1/generators", methods=["GET"])
@Operation("list_generators", "generators", by=ADMIN, refuses=(AdminRequired, ResponseTooLarge))
def list_generators() -> Ok[list[shapes.Generator]]:
    refusal = ResponseTooLarge("these generators are too large for one answer: ask at /paks for their ids and names")
    return bounded(map(generator_view, generators.list_generators(caller(routes))), refusal)


@routes.route("/api/v1/generators", methods=["POST"])
@Operation("create_generator", "generators", by=ADMIN, body=NewGenerator, refuses=(AdminRequired, UniqueViolation))
def create_generator() -> Created[shapes.CreateGeneratorResponse]:
    body = parse(NewGenerator, routes.current_request)
    return Created(generator_with_pak(*generators.create_generator(caller(routes), body)))


@routes.route("/api/v1/generators/{id}", methods=["GET"])
@Operation("get_generator", "generators", by=ADMIN + GENERATOR, refuses=(GeneratorNotOwned, GeneratorNotFound))
def get_generator(id: str) -> shapes.Generator:
    return generator_view(generators.get_generator(caller(routes), path_uuid(id)))


@routes.route("/api/v1/generators/{id}", methods=["PUT"])
@Operation(
    "update_generator",
    "generators",
    by=ADMIN + GENERATOR,
    body=GeneratorChange,
    refuses=(GeneratorNotOwned, GeneratorNotFound, UniqueViolation),
)
def update_generator(id: str) -> shapes.Generator:
    generator_id = path_uuid(id)
    change = parse(GeneratorChange, routes.current_request)
    return generator_view(generators.update_generator(caller(routes), generator_id, change))


@routes.route("/api/v1/generators/{id}", methods=["DELETE"])
@Operation(
    "delete_generator",
    "generators",
    by=ADMIN + GENERATOR,
    refuses=(GeneratorNotOwned, CannotDeleteSystemGenerator, Forbidden, GeneratorNotFound),
)
def delete_generator(id: str) -> NoContent:
    generators.delete_generator(caller(routes), path_uuid(id))
    return NoContent()


@routes.route("/api/v1/generators/{id}/rotate-pak", methods=["POST"])
@Operation(
    "rotate_generator_pak",
    "generators",
    by=ADMIN + GENERATOR,
    refuses=(GeneratorNotOwned, GeneratorNotFound, Forbidden),
)
def rotate_generator_pak(id: str) -> Created[shapes.CreateGeneratorResponse]:
    return Created(generator_with_pak(*generators.rotate_generator_pak(caller(routes), path_uuid(id))))


@routes.route("/api/v1/generators/{id}/registered-agents", methods=["GET"])
@Operation(
    "list_generator_registered_agents",
    "generators",
    by=ADMIN + GENERATOR,
    refuses=(NotAuthorized, SystemGeneratorNotATenant, GeneratorNotFound),
)
def list_registered_agents(id: str) -> list[shapes.AgentGeneratorRegistration]:
    return [registration_view(one) for one in generators.registered_agents(caller(routes), path_uuid(id))]


@routes.route("/api/v1/generators/{id}/register", methods=["POST"])
@Operation(
    "register_agent",
    "generators",
    by=ADMIN + AGENT,
    body=RegistrationRequest,
    refuses=(Forbidden, MissingAgentId, GeneratorNotFound, AlreadyRegistered, ForeignKeyViolation),
)
def register_agent(id: str) -> Created[shapes.AgentGeneratorRegistration]:
    generator_id = path_uuid(id)
    body = parse(RegistrationRequest, routes.current_request)
    return Created(registration_view(generators.register_agent(caller(routes), generator_id, body)))


@routes.route("/api/v1/generators/{id}/register", methods=["DELETE"])
@Operation(
    "deregister_agent",
    "generators",
    by=ADMIN + AGENT,
    body=RegistrationRequest,
    refuses=(Forbidden, MissingAgentId),
)
def deregister_agent(id: str) -> NoContent:
    generator_id = path_uuid(id)
    body = parse(RegistrationRequest, routes.current_request)
    generators.deregister_agent(caller(routes), generator_id, body)
    return NoContent()
