from chalice import Blueprint, Response

from chalicelib.api.answers import bounded, caller, not_modified
from chalicelib.api.parameters import known_to, path_uuid, query_flag, query_text
from chalicelib.api.views import Json, object_view, stack_view
from chalicelib.errors import TargetStateTooLarge
from chalicelib.services import target_state

routes = Blueprint(__name__)

INCREMENTAL = "incremental"


@routes.route("/api/v1/agents/{id}/target-state", methods=["GET"])
def get_target_state(id: str) -> Response:
    agent_id, request = path_uuid(id), routes.current_request
    incremental = query_text(request, "mode") == INCREMENTAL
    content = query_flag(request, "content", default=True)
    state = target_state.target_state(
        caller(routes), agent_id, incremental=incremental, content=content, known=known_to(request)
    )
    headers = {"ETag": state.etag}
    if state.objects is None:
        return not_modified(headers)
    refusal = TargetStateTooLarge("this target state is too large for one answer: ask for it with content=false")
    return bounded([object_view(one) for one in state.objects], refusal, headers)


@routes.route("/api/v1/agents/{id}/stacks", methods=["GET"])
def list_associated_stacks(id: str) -> list[Json]:
    return [stack_view(stack) for stack in target_state.associated_stacks(caller(routes), path_uuid(id))]
