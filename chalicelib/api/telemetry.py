from chalice import Blueprint

from chalicelib.api.answers import NoContent, Room, caller
from chalicelib.api.operations import ADMIN, AGENT, GENERATOR, Operation
from chalicelib.api.parameters import clamped_query, moment_query, path_uuid
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
from chalicelib.errors.forbidden import AgentNotAssociated, AgentPakMismatch, StackNotOwned
from chalicelib.errors.not_found import StackNotFound
from chalicelib.errors.protocol import ResponseTooLarge, TooManyRequests
from chalicelib.services import telemetry

routes = Blueprint(__name__)

MAX_BATCH = 1024 * 1024
SINCE = moment_query("since")
LIMIT = clamped_query("limit", default=500, least=1, most=5000)


@routes.route("/api/v1/agents/{id}/telemetry", methods=["POST"])
@Operation(
    "report_telemetry",
    "stack-telemetry",
    by=AGENT,
    body=domain.Telemetry,
    refuses=(AgentPakMismatch, AgentNotAssociated, TooManyRequests),
)
def report_telemetry(id: str) -> NoContent:
    agent_id = path_uuid(id)
    batch = parse(domain.Telemetry, routes.current_request, most=MAX_BATCH)
    telemetry.report(caller(routes), agent_id, batch)
    return NoContent()


@routes.route("/api/v1/stacks/{id}/events", methods=["GET"])
@Operation(
    "list_telemetry_events",
    "stack-telemetry",
    by=ADMIN + GENERATOR,
    query=(SINCE, LIMIT),
    refuses=(StackNotFound, StackNotOwned, ResponseTooLarge),
)
def list_telemetry_events(id: str) -> K8sEventHistoryResponse:
    stack_id, request = path_uuid(id), routes.current_request
    since, limit = SINCE.of(request), LIMIT.of(request)
    found = telemetry.events(caller(routes), stack_id, since, limit)
    room = _room()
    events = [room.hold(k8s_event_view(one)) for one in found]
    return {"retention": retention_view(events[-1]["created_at"] if events else None), "events": events}


@routes.route("/api/v1/stacks/{id}/logs", methods=["GET"])
@Operation(
    "list_telemetry_logs",
    "stack-telemetry",
    by=ADMIN + GENERATOR,
    query=(SINCE, LIMIT),
    refuses=(StackNotFound, StackNotOwned, ResponseTooLarge),
)
def list_telemetry_logs(id: str) -> PodLogHistoryResponse:
    stack_id, request = path_uuid(id), routes.current_request
    since, limit = SINCE.of(request), LIMIT.of(request)
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


def _room() -> Room:
    return Room(
        ResponseTooLarge("this is too large for one answer: ask for less with ?limit=, or for newer with &since=")
    )
