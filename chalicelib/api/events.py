from chalice import Blueprint, Response

from chalicelib.api.answers import caller, created
from chalicelib.api.parameters import path_uuid, query_uuid
from chalicelib.api.schemas import parse
from chalicelib.api.views import Json, event_view
from chalicelib.domain.events import NewAgentEvent
from chalicelib.services import events

routes = Blueprint(__name__)


@routes.route("/api/v1/agents/{id}/events", methods=["GET"])
def list_events(id: str) -> list[Json]:
    return [event_view(event) for event in events.events(caller(routes), path_uuid(id))]


@routes.route("/api/v1/agents/{id}/events", methods=["POST"])
def report_event(id: str) -> Response:
    agent_id = path_uuid(id)
    body = parse(NewAgentEvent, routes.current_request)
    return created(event_view(events.report(caller(routes), agent_id, body)))


@routes.route("/api/v1/agent-events", methods=["GET"])
def list_all_events() -> list[Json]:
    generator_id = query_uuid(routes.current_request, "pak_id")
    return [event_view(event) for event in events.all_events(caller(routes), generator_id)]


@routes.route("/api/v1/agent-events/{id}", methods=["GET"])
def get_event(id: str) -> Json:
    return event_view(events.get_event(caller(routes), path_uuid(id)))
