import json

from chalice import Blueprint, Response

from chalicelib.api.answers import MAX_ANSWER, caller, created
from chalicelib.api.diagnostic_views import (
    DiagnosticRequest,
    DiagnosticResponse,
    request_view,
    response_view,
    result_view,
)
from chalicelib.api.parameters import path_uuid
from chalicelib.api.schemas import parse
from chalicelib.domain.diagnostics import NewDiagnostic, NewDiagnosticResult
from chalicelib.errors import PayloadTooLarge
from chalicelib.services import diagnostics

routes = Blueprint(__name__)

REST_OF_ANSWER = 10_000


@routes.route("/api/v1/deployment-objects/{id}/diagnostics", methods=["POST"])
def create_diagnostic_request(id: str) -> Response:
    object_id = path_uuid(id)
    body = parse(NewDiagnostic, routes.current_request)
    return created(request_view(diagnostics.ask(caller(routes), object_id, body)))


@routes.route("/api/v1/agents/{id}/diagnostics/pending", methods=["GET"])
def get_pending_diagnostics(id: str) -> list[DiagnosticRequest]:
    return [request_view(one) for one in diagnostics.pending(caller(routes), path_uuid(id))]


@routes.route("/api/v1/diagnostics/{id}", methods=["GET"])
def get_diagnostic(id: str) -> DiagnosticResponse:
    return response_view(*diagnostics.get(caller(routes), path_uuid(id)))


@routes.route("/api/v1/diagnostics/{id}/claim", methods=["POST"])
def claim_diagnostic(id: str) -> DiagnosticRequest:
    return request_view(diagnostics.claim(caller(routes), path_uuid(id)))


@routes.route("/api/v1/diagnostics/{id}/result", methods=["POST"])
def submit_diagnostic_result(id: str) -> Response:
    diagnostic_id = path_uuid(id)
    body = parse(NewDiagnosticResult, routes.current_request)
    _require_readable(body)
    return created(result_view(diagnostics.submit_result(caller(routes), diagnostic_id, body)))


def _require_readable(new: NewDiagnosticResult) -> None:
    """
    A result that no answer could hold is refused while its agent can still cut it.
    """
    texts = json.dumps([new.pod_statuses, new.events, new.log_tails])
    if len(json.dumps(texts)) > MAX_ANSWER - REST_OF_ANSWER:
        raise PayloadTooLarge(
            "pod_statuses, events and log_tails: with each quote and line break escaped twice, as an answer has them, "
            f"these have more than {MAX_ANSWER - REST_OF_ANSWER} bytes; cut them"
        )
