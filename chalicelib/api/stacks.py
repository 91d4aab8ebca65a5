from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, NoContent, Ok, bounded, caller
from chalicelib.api.operations import ADMIN, ANYBODY, GENERATOR, Operation
from chalicelib.api.parameters import path_uuid, uuid_query
from chalicelib.api.schemas import parse
from chalicelib.api.views import stack_annotation_view, stack_label_view, stack_view
from chalicelib.domain.stacks import NewStack, NewStackAnnotation, StackChange
from chalicelib.domain.text import Segment
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    StackCreateDenied,
    StackGeneratorMismatch,
    StackNotAccessible,
    StackNotOwned,
    StacksListDenied,
)
from chalicelib.errors.invalid import InvalidAnnotation, InvalidLabel, StackIdMismatch
from chalicelib.errors.not_found import StackAnnotationNotFound, StackLabelNotFound, StackNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import stacks

routes = Blueprint(__name__)

PAK_ID = uuid_query("pak_id")


@routes.route("/api/v1/stacks", methods=["GET"])
@Operation("list_stacks", "stacks", by=ADMIN + GENERATOR, query=(PAK_ID,), refuses=(StacksListDenied, ResponseTooLarge))
def list_stacks() -> Ok[list[shapes.Stack]]:
    generator_id = PAK_ID.of(routes.current_request)
    refusal = ResponseTooLarge(
        "these stacks are too large for one answer: an admin may ask with ?pak_id= for a generator's"
    )
    return bounded(map(stack_view, stacks.list_stacks(caller(routes), generator_id)), refusal)


@routes.route("/api/v1/stacks", methods=["POST"])
@Operation(
    "create_stack",
    "stacks",
    by=ADMIN + GENERATOR,
    body=NewStack,
    refuses=(StackCreateDenied, StackGeneratorMismatch, UniqueViolation, ForeignKeyViolation),
)
def create_stack() -> Created[shapes.Stack]:
    body = parse(NewStack, routes.current_request)
    return Created(stack_view(stacks.create_stack(caller(routes), body)))


@routes.route("/api/v1/stacks/{id}", methods=["GET"])
@Operation("get_stack", "stacks", by=ADMIN + GENERATOR, refuses=(StackNotFound, StackNotOwned))
def get_stack(id: str) -> shapes.Stack:
    return stack_view(stacks.get_stack(caller(routes), path_uuid(id)))


@routes.route("/api/v1/stacks/{id}", methods=["PUT"])
@Operation(
    "update_stack",
    "stacks",
    by=ADMIN + GENERATOR,
    body=StackChange,
    refuses=(
        StackNotFound,
        StackNotOwned,
        StackIdMismatch,
        StackGeneratorMismatch,
        UniqueViolation,
        ForeignKeyViolation,
    ),
)
def update_stack(id: str) -> shapes.Stack:
    stack_id = path_uuid(id)
    change = parse(StackChange, routes.current_request)
    return stack_view(stacks.update_stack(caller(routes), stack_id, change))


@routes.route("/api/v1/stacks/{id}", methods=["DELETE"])
@Operation("delete_stack", "stacks", by=ADMIN + GENERATOR, refuses=(StackNotFound, StackNotOwned))
def delete_stack(id: str) -> NoContent:
    stacks.delete_stack(caller(routes), path_uuid(id))
    return NoContent()


@routes.route("/api/v1/stacks/{id}/labels", methods=["GET"])
@Operation("stacks_list_labels", "stacks", by=ANYBODY, refuses=(StackNotFound, StackNotAccessible))
def list_stack_labels(id: str) -> list[shapes.StackLabel]:
    return [stack_label_view(label) for label in stacks.labels(caller(routes), path_uuid(id))]


@routes.route("/api/v1/stacks/{id}/labels", methods=["POST"])
@Operation(
    "stacks_add_label",
    "stacks",
    by=ADMIN + GENERATOR,
    body=Segment,
    refuses=(StackNotFound, StackNotOwned, InvalidLabel, UniqueViolation),
)
def add_stack_label(id: str) -> Created[shapes.StackLabel]:
    """
    The body is the label: a bare JSON string.
    """
    stack_id = path_uuid(id)
    label = parse(str, routes.current_request)
    return Created(stack_label_view(stacks.add_label(caller(routes), stack_id, label)))


@routes.route("/api/v1/stacks/{id}/labels/{label}", methods=["DELETE"])
@Operation(
    "stacks_remove_label",
    "stacks",
    by=ADMIN + GENERATOR,
    refuses=(StackNotFound, StackNotOwned, StackLabelNotFound),
)
def remove_stack_label(id: str, label: str) -> NoContent:
    stacks.remove_label(caller(routes), path_uuid(id), label)
    return NoContent()


@routes.route("/api/v1/stacks/{id}/annotations", methods=["GET"])
@Operation("stacks_list_annotations", "stacks", by=ANYBODY, refuses=(StackNotFound, StackNotAccessible))
def list_stack_annotations(id: str) -> list[shapes.StackAnnotation]:
    return [stack_annotation_view(annotation) for annotation in stacks.annotations(caller(routes), path_uuid(id))]


@routes.route("/api/v1/stacks/{id}/annotations", methods=["POST"])
@Operation(
    "stacks_add_annotation",
    "stacks",
    by=ADMIN + GENERATOR,
    body=NewStackAnnotation,
    refuses=(StackNotFound, StackNotOwned, StackIdMismatch, InvalidAnnotation, UniqueViolation),
)
def add_stack_annotation(id: str) -> Created[shapes.StackAnnotation]:
    stack_id = path_uuid(id)
    body = parse(NewStackAnnotation, routes.current_request)
    return Created(stack_annotation_view(stacks.add_annotation(caller(routes), stack_id, body)))


@routes.route("/api/v1/stacks/{id}/annotations/{key}", methods=["DELETE"])
@Operation(
    "stacks_remove_annotation",
    "stacks",
    by=ADMIN + GENERATOR,
    refuses=(StackNotFound, StackNotOwned, StackAnnotationNotFound),
)
def remove_stack_annotation(id: str, key: str) -> NoContent:
    stacks.remove_annotation(caller(routes), path_uuid(id), key)
    return NoContent()
