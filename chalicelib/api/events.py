from collections.abc import Iterable

from chalice import Blueprint, Response

from chalicelib.api.answers import bounded, caller, created
from chalicelib.api.parameters import path_uuid, query_number, query_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import Json, event_view
from chalicelib.domain.events import AgentEvent, NewAgentEvent, Page
from chalicelib.errors import ResponseTooLarge
from chalicelib.services import events

routes = Blueprint(__name__)


MAX_LIMIT = 1000


@routes.route("/api/v1/agents/{id}/events", methods=["GET"])
def list_events(id: str) -> Response:
    agent_id = path_uuid(id)
    return _rendered(events.events(caller(routes), agent_id, _page()))


@routes.route("/api/v1/agents/{id}/events", methods=["POST"])
def report_event(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(NewAgentEvent, routes.current_request)
    return created(event_view(events.report(caller(routes), agent_id, body)))


@routes.route("/api/v1/agent-events", methods=["GET"])
def list_all_events() -> Response:
    generator_id = query_uuid(routes.current_request, "pak_id")
    return _rendered(events.all_events(caller(routes), generator_id, _page()))


def _page() -> Page:
    request = routes.current_request
    return Page(limit=query_number(request, "limit", most=MAX_LIMIT), before=query_uuid(request, "before"))


def _rendered(found: Iterable[AgentEvent]) -> Response:
    refusal = ResponseTooLarge(
        "these events are too large for one answer: ask for fewer with ?limit=, and for older ones with &before=, "
        "which takes the id of the last event of the answer before"
    )
    return bounded(map(event_view, found), refusal)


@routes.route("/api/v1/agent-events/{id}", methods=["GET"])
def get_event(id: str) -> Json:
    return event_view(events.get_event(caller(routes), path_uuid(id)))
