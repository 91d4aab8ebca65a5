from chalice import Blueprint, Response

from chalicelib.api.answers import caller, created, no_content
from chalicelib.api.parameters import path_uuid, query_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import Json, plain_view, stack_view
from chalicelib.domain.stacks import NewStack, NewStackAnnotation, StackChange
from chalicelib.services import stacks

routes = Blueprint(__name__)


@routes.route("/api/v1/stacks", methods=["GET"])
def list_stacks() -> list[Json]:
    generator_id = query_uuid(routes.current_request, "pak_id")
    return [stack_view(stack) for stack in stacks.list_stacks(caller(routes), generator_id)]


@routes.route("/api/v1/stacks", methods=["POST"])
def create_stack() -> Response:
    body = parse(NewStack, routes.current_request)
    return created(stack_view(stacks.create_stack(caller(routes), body)))


@routes.route("/api/v1/stacks/{id}", methods=["GET"])
def get_stack(id: str) -> Json:
    return stack_view(stacks.get_stack(caller(routes), path_uuid(id)))


@routes.route("/api/v1/stacks/{id}", methods=["PUT"])
def update_stack(id: str) -> Json:
    stack_id = path_uuid(id)
    change = parse(StackChange, routes.current_request)
    return stack_view(stacks.update_stack(caller(routes), stack_id, change))


@routes.route("/api/v1/stacks/{id}", methods=["DELETE"])
def delete_stack(id: str) -> Response:
    stacks.delete_stack(caller(routes), path_uuid(id))
    return no_content()


@routes.route("/api/v1/stacks/{id}/labels", methods=["GET"])
def list_stack_labels(id: str) -> list[Json]:
    return [plain_view(label) for label in stacks.labels(caller(routes), path_uuid(id))]


@routes.route("/api/v1/stacks/{id}/labels", methods=["POST"])
def add_stack_label(id: str) -> Response:
    """
    The body is the label: a bare JSON string.
    """
    stack_id = path_uuid(id)
    label = parse(str, routes.current_request)
    return created(plain_view(stacks.add_label(caller(routes), stack_id, label)))


@routes.route("/api/v1/stacks/{id}/labels/{label}", methods=["DELETE"])
def remove_stack_label(id: str, label: str) -> Response:
    stacks.remove_label(caller(routes), path_uuid(id), label)
    return no_content()


@routes.route("/api/v1/stacks/{id}/annotations", methods=["GET"])
def list_stack_annotations(id: str) -> list[Json]:
    return [plain_view(annotation) for annotation in stacks.annotations(caller(routes), path_uuid(id))]


@routes.route("/api/v1/stacks/{id}/annotations", methods=["POST"])
def add_stack_annotation(id: str) -> Response:
    stack_id = path_uuid(id)
    body = parse(NewStackAnnotation, routes.current_request)
    return created(plain_view(stacks.add_annotation(caller(routes), stack_id, body)))


@routes.route("/api/v1/stacks/{id}/annotations/{key}", methods=["DELETE"])
def remove_stack_annotation(id: str, key: str) -> Response:
    stacks.remove_annotation(caller(routes), path_uuid(id), key)
    return no_content()
