from chalice import Blueprint, Response

from chalicelib.api.answers import caller, created, no_content
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import Json, generator_view, generator_with_pak, plain_view
from chalicelib.domain.agents import RegistrationRequest
from chalicelib.domain.generators import GeneratorChange, NewGenerator
from chalicelib.services import generators

routes = Blueprint(__name__)


@routes.route("/api/v1/generators", methods=["GET"])
def list_generators() -> list[Json]:
    return [generator_view(generator) for generator in generators.list_generators(caller(routes))]


@routes.route("/api/v1/generators", methods=["POST"])
def create_generator() -> Response:
    body = parse(NewGenerator, routes.current_request)
    return created(generator_with_pak(*generators.create_generator(caller(routes), body)))


@routes.route("/api/v1/generators/{id}", methods=["GET"])
def get_generator(id: str) -> Json:
    return generator_view(generators.get_generator(caller(routes), path_uuid(id)))


@routes.route("/api/v1/generators/{id}", methods=["PUT"])
def update_generator(id: str) -> Json:
    generator_id = path_uuid(id)
    change = parse(GeneratorChange, routes.current_request)
    return generator_view(generators.update_generator(caller(routes), generator_id, change))


@routes.route("/api/v1/generators/{id}", methods=["DELETE"])
def delete_generator(id: str) -> Response:
    generators.delete_generator(caller(routes), path_uuid(id))
    return no_content()


@routes.route("/api/v1/generators/{id}/rotate-pak", methods=["POST"])
def rotate_generator_pak(id: str) -> Response:
    return created(generator_with_pak(*generators.rotate_generator_pak(caller(routes), path_uuid(id))))


@routes.route("/api/v1/generators/{id}/registered-agents", methods=["GET"])
def list_registered_agents(id: str) -> list[Json]:
    return [plain_view(one) for one in generators.registered_agents(caller(routes), path_uuid(id))]


@routes.route("/api/v1/generators/{id}/register", methods=["POST"])
def register_agent(id: str) -> Response:
    generator_id = path_uuid(id)
    body = parse(RegistrationRequest, routes.current_request)
    return created(plain_view(generators.register_agent(caller(routes), generator_id, body)))


@routes.route("/api/v1/generators/{id}/register", methods=["DELETE"])
def deregister_agent(id: str) -> Response:
    generator_id = path_uuid(id)
    body = parse(RegistrationRequest, routes.current_request)
    generators.deregister_agent(caller(routes), generator_id, body)
    return no_content()
