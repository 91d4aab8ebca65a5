from chalice import Blueprint, Response

from chalicelib.api.answers import bounded, caller, created, not_modified
from chalicelib.api.parameters import accepts, known_to, path_uuid, query_flag
from chalicelib.api.schemas import YAML_TYPES, parse_push
from chalicelib.api.views import object_view
from chalicelib.domain.deployment_objects import idempotency_key
from chalicelib.errors import Invalid, PayloadTooLarge, ResponseTooLarge, UnsupportedMediaType
from chalicelib.services import deployment_objects

routes = Blueprint(__name__)


@routes.route("/api/v1/stacks/{id}/deployment-objects", methods=["POST"])
def push(id: str) -> Response:
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
    return created(object_view(pushed))


@routes.route("/api/v1/stacks/{id}/deployment-objects", methods=["GET"])
def list_objects(id: str) -> Response:
    stack_id = path_uuid(id)
    content = query_flag(routes.current_request, "content", default=True)
    objects = deployment_objects.list_objects(caller(routes), stack_id, content=content)
    refusal = ResponseTooLarge(
        "these objects are too large for one answer: ask for them with ?content=false, each by id"
    )
    return bounded([object_view(one) for one in objects], refusal)


@routes.route("/api/v1/deployment-objects/{id}", methods=["GET"])
def get_object(id: str) -> Response:
    """
    As JSON, or as the YAML that was pushed. An object never changes, so neither does its entity tag.
    """
    request = routes.current_request
    found = deployment_objects.get_object(caller(routes), path_uuid(id))
    as_yaml = accepts(request, YAML_TYPES)
    etag = f'"{found.revision.id}-yaml"' if as_yaml else f'"{found.revision.id}"'
    headers = {"ETag": etag, "Vary": "Accept"}
    if known_to(request)(etag):
        return not_modified(headers)
    if as_yaml:
        return Response(found.content or "", {**headers, "Content-Type": "application/yaml"})
    return Response(object_view(found), dict(headers))
