from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Headers, NotModified, Ok, bounded, caller
from chalicelib.api.operations import ADMIN, AGENT, Operation
from chalicelib.api.parameters import flag_query, known_to, path_uuid, text_query
from chalicelib.api.views import object_view, stack_view
from chalicelib.domain.agents import Status
from chalicelib.errors.forbidden import AgentPakMismatch
from chalicelib.errors.protocol import ResponseTooLarge, TargetStateTooLarge
from chalicelib.services import target_state
from chalicelib.services.target_state import TargetState

routes = Blueprint(__name__)

INCREMENTAL = "incremental"
MODE = text_query("mode", "full", INCREMENTAL)
CONTENT = flag_query("content", default=True)
STATUS, PENDING = "X-Brokkr-Agent-Status", "X-Brokkr-Pending-Diagnostics"


@routes.route("/api/v1/agents/{id}/target-state", methods=["GET"])
@Operation(
    "get_target_state",
    "agents",
    by=ADMIN + AGENT,
    query=(MODE, CONTENT),
    gives=((STATUS, Status), (PENDING, int)),
    refuses=(AgentPakMismatch, TargetStateTooLarge),
)
def get_target_state(id: str) -> Ok[list[shapes.DeploymentObject]] | NotModified:
    agent_id, request = path_uuid(id), routes.current_request
    incremental = MODE.of(request) == INCREMENTAL
    content = CONTENT.of(request)
    state = target_state.target_state(
        caller(routes), agent_id, incremental=incremental, content=content, known=known_to(request)
    )
    headers = _headers(state)
    if state.objects is None:
        return NotModified(headers)
    refusal = TargetStateTooLarge("this target state is too large for one answer: ask for it with content=false")
    return bounded([object_view(one) for one in state.objects], refusal, headers)


def _headers(state: TargetState) -> Headers:
    """
    With what an agent would otherwise have to ask at each interval, also beside a 304.
    """
    headers = {"ETag": state.etag, PENDING: str(state.pending_diagnostics)}
    return {**headers, STATUS: state.status} if state.status else headers


@routes.route("/api/v1/agents/{id}/stacks", methods=["GET"])
@Operation("get_associated_stacks", "agents", by=ADMIN + AGENT, refuses=(AgentPakMismatch, ResponseTooLarge))
def list_associated_stacks(id: str) -> Ok[list[shapes.Stack]]:
    refusal = ResponseTooLarge(
        f"these stacks are too large for one answer: ask at /agents/{id}/target-state?mode=full&content=false for what "
        "is newest in each"
    )
    return bounded(map(stack_view, target_state.associated_stacks(caller(routes), path_uuid(id))), refusal)
