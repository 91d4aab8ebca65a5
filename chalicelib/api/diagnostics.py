import json

from chalice import Blueprint

from chalicelib.api.answers import MAX_ANSWER, Created, caller
from chalicelib.api.diagnostic_views import (
    DiagnosticRequest,
    DiagnosticResponse,
    DiagnosticResult,
    request_view,
    response_view,
    result_view,
)
from chalicelib.api.operations import ADMIN, AGENT, Operation
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.domain.diagnostics import NewDiagnostic, NewDiagnosticResult
from chalicelib.errors.conflicts import DiagnosticAlreadyClaimed, DiagnosticNotClaimed
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch, DiagnosticNotOwned
from chalicelib.errors.invalid import InvalidDiagnosticRequest, InvalidDiagnosticResult
from chalicelib.errors.not_found import AgentNotFound, DeploymentObjectNotFound, DiagnosticNotFound
from chalicelib.errors.protocol import PayloadTooLarge
from chalicelib.services import diagnostics

routes = Blueprint(__name__)

REST_OF_ANSWER = 10_000


@routes.route("/api/v1/deployment-objects/{id}/diagnostics", methods=["POST"])
@Operation(
    "create_diagnostic_request",
    "diagnostics",
    by=ADMIN,
    body=NewDiagnostic,
    refuses=(AdminRequired, DeploymentObjectNotFound, AgentNotFound, InvalidDiagnosticRequest),
)
def create_diagnostic_request(id: str) -> Created[DiagnosticRequest]:
    object_id = path_uuid(id)
    body = parse(NewDiagnostic, routes.current_request)
    return Created(request_view(diagnostics.ask(caller(routes), object_id, body)))


@routes.route("/api/v1/agents/{id}/diagnostics/pending", methods=["GET"])
@Operation("get_pending_diagnostics", "diagnostics", by=ADMIN + AGENT, refuses=(AgentPakMismatch,))
def get_pending_diagnostics(id: str) -> list[DiagnosticRequest]:
    return [request_view(one) for one in diagnostics.pending(caller(routes), path_uuid(id))]


@routes.route("/api/v1/diagnostics/{id}", methods=["GET"])
@Operation("get_diagnostic", "diagnostics", by=ADMIN + AGENT, refuses=(DiagnosticNotFound, DiagnosticNotOwned))
def get_diagnostic(id: str) -> DiagnosticResponse:
    return response_view(*diagnostics.get(caller(routes), path_uuid(id)))


@routes.route("/api/v1/diagnostics/{id}/claim", methods=["POST"])
@Operation(
    "claim_diagnostic",
    "diagnostics",
    by=ADMIN + AGENT,
    refuses=(DiagnosticNotFound, DiagnosticNotOwned, DiagnosticAlreadyClaimed),
)
def claim_diagnostic(id: str) -> DiagnosticRequest:
    return request_view(diagnostics.claim(caller(routes), path_uuid(id)))


@routes.route("/api/v1/diagnostics/{id}/result", methods=["POST"])
@Operation(
    "submit_diagnostic_result",
    "diagnostics",
    by=AGENT,
    body=NewDiagnosticResult,
    refuses=(DiagnosticNotFound, DiagnosticNotOwned, DiagnosticNotClaimed, InvalidDiagnosticResult),
)
def submit_diagnostic_result(id: str) -> Created[DiagnosticResult]:
    diagnostic_id = path_uuid(id)
    body = parse(NewDiagnosticResult, routes.current_request)
    _require_readable(body)
    return Created(result_view(diagnostics.submit_result(caller(routes), diagnostic_id, body)))


def _require_readable(new: NewDiagnosticResult) -> None:
    """
    A result that no answer could hold is refused while its agent can still cut it.
    """
    texts = json.dumps([new.pod_statuses, new.events, new.log_tails])
    if len(json.dumps(texts)) > MAX_ANSWER - REST_OF_ANSWER:
        raise PayloadTooLarge(
            "pod_statuses, events and log_tails: with each quote, line break and all that is not ASCII escaped twice, "
            f"as an answer has them, these have more than {MAX_ANSWER - REST_OF_ANSWER} bytes; cut them"
        )
