from chalice import Blueprint, Response

from chalicelib.api.answers import Room, caller, no_content
from chalicelib.api.parameters import path_uuid, query_clamped, query_moment
from chalicelib.api.schemas import parse
from chalicelib.api.telemetry_views import (
    AgentPodLog,
    K8sEventHistoryResponse,
    LogGap,
    PodLogHistoryResponse,
    gap_view,
    k8s_event_view,
    line_view,
    retention_view,
)
from chalicelib.domain import telemetry as domain
from chalicelib.errors import ResponseTooLarge
from chalicelib.services import telemetry

routes = Blueprint(__name__)

MAX_BATCH = 1024 * 1024
DEFAULT_LIMIT, MAX_LIMIT = 500, 5000


@routes.route("/api/v1/agents/{id}/telemetry", methods=["POST"])
def report_telemetry(id: str) -> Response:
    agent_id = path_uuid(id)
    batch = parse(domain.Telemetry, routes.current_request, most=MAX_BATCH)
    telemetry.report(caller(routes), agent_id, batch)
    return no_content()


@routes.route("/api/v1/stacks/{id}/events", methods=["GET"])
def list_telemetry_events(id: str) -> K8sEventHistoryResponse:
    stack_id, request = path_uuid(id), routes.current_request
    since, limit = query_moment(request, "since"), _limit()
    found = telemetry.events(caller(routes), stack_id, since, limit)
    room = _room()
    events = [room.hold(k8s_event_view(one)) for one in found]
    return {"retention": retention_view(events[-1]["created_at"] if events else None), "events": events}


@routes.route("/api/v1/stacks/{id}/logs", methods=["GET"])
def list_telemetry_logs(id: str) -> PodLogHistoryResponse:
    stack_id, request = path_uuid(id), routes.current_request
    since, limit = query_moment(request, "since"), _limit()
    found = telemetry.log(caller(routes), stack_id, since, limit)
    lines: list[AgentPodLog] = []
    gaps: list[LogGap] = []
    room = _room()
    for one in found:
        if isinstance(one.said, domain.LogGap):
            gaps.append(room.hold(gap_view(one, one.said)))
        else:
            lines.append(room.hold(line_view(one, one.said)))
    return {"retention": retention_view(lines[-1]["created_at"] if lines else None), "lines": lines, "gaps": gaps}


def _limit() -> int:
    return query_clamped(routes.current_request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def _room() -> Room:
    return Room(
        ResponseTooLarge("this is too large for one answer: ask for less with ?limit=, or for newer with &since=")
    )
