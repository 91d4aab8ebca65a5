from collections.abc import Iterable

from chalice import Blueprint

from chalicelib.api import shapes
from chalicelib.api.answers import Created, Ok, bounded, caller
from chalicelib.api.operations import ADMIN, AGENT, Operation
from chalicelib.api.parameters import number_query, path_uuid, uuid_query
from chalicelib.api.schemas import parse
from chalicelib.api.views import event_view
from chalicelib.domain.events import AgentEvent, NewAgentEvent, Page
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentEventNotFound
from chalicelib.errors.protocol import ResponseTooLarge
from chalicelib.services import events

routes = Blueprint(__name__)

MAX_LIMIT = 1000
PAK_ID = uuid_query("pak_id")
LIMIT = number_query("limit", most=MAX_LIMIT)
BEFORE = uuid_query("before")


@routes.route("/api/v1/agents/{id}/events", methods=["GET"])
@Operation(
    "list_events",
    "agent-events",
    by=ADMIN + AGENT,
    query=(LIMIT, BEFORE),
    refuses=(AgentPakMismatch, AgentEventNotFound, ResponseTooLarge),
)
def list_events(id: str) -> Ok[list[shapes.AgentEvent]]:
    agent_id = path_uuid(id)
    return _rendered(events.events(caller(routes), agent_id, _page()))


@routes.route("/api/v1/agents/{id}/events", methods=["POST"])
@Operation(
    "create_event",
    "agent-events",
    by=ADMIN + AGENT,
    body=NewAgentEvent,
    refuses=(AgentPakMismatch, AgentIdMismatch, ForeignKeyViolation),
)
def report_event(id: str) -> Created[shapes.AgentEvent]:
    agent_id = path_uuid(id)
    body = parse(NewAgentEvent, routes.current_request)
    return Created(event_view(events.report(caller(routes), agent_id, body)))


@routes.route("/api/v1/agent-events", methods=["GET"])
@Operation(
    "list_agent_events",
    "agent-events",
    by=ADMIN,
    query=(PAK_ID, LIMIT, BEFORE),
    refuses=(AdminRequired, AgentEventNotFound, ResponseTooLarge),
)
def list_all_events() -> Ok[list[shapes.AgentEvent]]:
    generator_id = PAK_ID.of(routes.current_request)
    return _rendered(events.all_events(caller(routes), generator_id, _page()))


def _page() -> Page:
    request = routes.current_request
    return Page(limit=LIMIT.of(request), before=BEFORE.of(request))


def _rendered(found: Iterable[AgentEvent]) -> Ok[list[shapes.AgentEvent]]:
    refusal = ResponseTooLarge(
        "these events are too large for one answer: ask for fewer with ?limit=, and for older ones with &before=, "
        "which takes the id of the last event of the answer before"
    )
    return bounded(map(event_view, found), refusal)


@routes.route("/api/v1/agent-events/{id}", methods=["GET"])
@Operation("get_agent_event", "agent-events", by=ADMIN, refuses=(AdminRequired, AgentEventNotFound))
def get_event(id: str) -> shapes.AgentEvent:
    return event_view(events.get_event(caller(routes), path_uuid(id)))
