from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, NotModified, Ok, Yaml, bounded, caller
from chalicelib.api.operations import ADMIN, ANYBODY, GENERATOR, Operation
from chalicelib.api.parameters import accepts, flag_query, known_to, path_uuid
from chalicelib.api.schemas import DELETION_MARKER, YAML_TYPES, parse_push
from chalicelib.api.views import object_view
from chalicelib.domain.deployment_objects import IdempotencyKey, NewDeploymentObject, idempotency_key
from chalicelib.errors.conflicts import IdempotencyKeyReused
from chalicelib.errors.forbidden import AgentNotAssociated, GeneratorNotAssociated, StackNotOwned
from chalicelib.errors.invalid import Invalid, InvalidDeploymentObject, InvalidIdempotencyKey
from chalicelib.errors.not_found import DeploymentObjectNotFound, StackNotFound
from chalicelib.errors.protocol import PayloadTooLarge, ResponseTooLarge, UnsupportedMediaType
from chalicelib.services import deployment_objects

routes = Blueprint(__name__)

CONTENT = flag_query("content", default=True)


@routes.route("/api/v1/stacks/{id}/deployment-objects", methods=["POST"])
@Operation(
    "create_deployment_object",
    "stacks",
    by=ADMIN + GENERATOR,
    body=NewDeploymentObject,
    raw_body=YAML_TYPES,
    unreadable=(InvalidDeploymentObject, UnsupportedMediaType, PayloadTooLarge),
    query=(DELETION_MARKER,),
    headers=(("Idempotency-Key", IdempotencyKey),),
    refuses=(StackNotFound, StackNotOwned, InvalidIdempotencyKey, IdempotencyKeyReused),
)
def push(id: str) -> Created[shapes.DeploymentObject]:
    """
    Whether the caller may push to this stack is told before anything is told of the body; a good body costs no read.
    """
    stack_id, request = path_uuid(id), routes.current_request
    try:
        key = idempotency_key(request.headers.get("idempotency-key"))
        pushed = deployment_objects.push(caller(routes), stack_id, parse_push(request), key)
    except (Invalid, UnsupportedMediaType, PayloadTooLarge):
        deployment_objects.may_push(caller(routes), stack_id)
        raise
    return Created(object_view(pushed))


@routes.route("/api/v1/stacks/{id}/deployment-objects", methods=["GET"])
@Operation(
    "list_deployment_objects",
    "stacks",
    by=ADMIN + GENERATOR,
    query=(CONTENT,),
    refuses=(StackNotFound, StackNotOwned, ResponseTooLarge),
)
def list_objects(id: str) -> Ok[list[shapes.DeploymentObject]]:
    stack_id = path_uuid(id)
    content = CONTENT.of(routes.current_request)
    objects = deployment_objects.list_objects(caller(routes), stack_id, content=content)
    refusal = ResponseTooLarge(
        "these objects are too large for one answer: ask for them with ?content=false, each by id"
    )
    return bounded([object_view(one) for one in objects], refusal)


@routes.route("/api/v1/deployment-objects/{id}", methods=["GET"])
@Operation(
    "get_deployment_object",
    "deployment-objects",
    by=ANYBODY,
    refuses=(DeploymentObjectNotFound, AgentNotAssociated, GeneratorNotAssociated),
)
def get_object(id: str) -> Ok[shapes.DeploymentObject] | Yaml | NotModified:
    """
    As JSON, or as the YAML that was pushed. An object never changes, so neither does its entity tag.
    """
    request = routes.current_request
    found = deployment_objects.get_object(caller(routes), path_uuid(id))
    as_yaml = accepts(request, YAML_TYPES)
    etag = f'"{found.revision.id}-yaml"' if as_yaml else f'"{found.revision.id}"'
    headers = {"ETag": etag, "Vary": "Accept"}
    if known_to(request)(etag):
        return NotModified(headers)
    if as_yaml:
        return Yaml(found.content or "", headers)
    return Ok(object_view(found), headers)
