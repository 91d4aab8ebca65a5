"""
Diagnostics, as the API shows them.
"""

from typing import NotRequired, TypedDict

from chalicelib.api.shapes import Moment, Uuid
from chalicelib.api.views import moment
from chalicelib.domain import diagnostics as domain


class DiagnosticRequest(TypedDict):
    id: Uuid
    agent_id: Uuid
    deployment_object_id: Uuid
    status: str
    requested_by: str | None
    created_at: Moment
    claimed_at: Moment | None
    completed_at: Moment | None
    expires_at: Moment


class DiagnosticResult(TypedDict):
    id: Uuid
    request_id: Uuid
    pod_statuses: str
    events: str
    log_tails: str | None
    collected_at: Moment
    created_at: Moment


class DiagnosticResponse(TypedDict):
    """
    `result` is left out where there is none: Brokkr's client for Python breaks on a null there.
    """

    request: DiagnosticRequest
    result: NotRequired[DiagnosticResult]


def request_view(asked: domain.Diagnostic) -> DiagnosticRequest:
    return {
        "id": str(asked.id),
        "agent_id": str(asked.agent_id),
        "deployment_object_id": str(asked.deployment_object_id),
        "status": asked.status.value,
        "requested_by": asked.requested_by,
        "created_at": moment(asked.created_at),
        "claimed_at": moment(asked.claimed_at),
        "completed_at": moment(asked.completed_at),
        "expires_at": moment(asked.expires_at),
    }


def result_view(result: domain.DiagnosticResult) -> DiagnosticResult:
    return {
        "id": str(result.id),
        "request_id": str(result.request_id),
        "pod_statuses": result.pod_statuses,
        "events": result.events,
        "log_tails": result.log_tails,
        "collected_at": moment(result.collected_at),
        "created_at": moment(result.created_at),
    }


def response_view(asked: domain.Diagnostic, result: domain.DiagnosticResult | None) -> DiagnosticResponse:
    request = request_view(asked)
    return {"request": request, "result": result_view(result)} if result else {"request": request}
