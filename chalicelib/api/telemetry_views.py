"""
Telemetry, as the API shows it.
"""

from typing import TypedDict

from chalicelib.api.shapes import Moment, Uuid
from chalicelib.api.views import moment
from chalicelib.domain import telemetry as domain

KEPT_SECONDS = int(domain.RETENTION.total_seconds())
HINT = (
    "Events and logs are kept for 6 hours. For longer, send your clusters' logs to a sink of their own, "
    "such as Datadog, Loki or CloudWatch."
)


class RetentionInfo(TypedDict):
    retention_ceiling_seconds: int
    effective_retention_seconds: int
    oldest_available_ts: Moment | None
    long_term_sink_hint: str


class K8sEventInvolvedObject(TypedDict):
    api_version: str
    kind: str
    namespace: str | None
    name: str
    uid: str | None


class AgentK8sEvent(TypedDict):
    id: Uuid
    agent_id: Uuid
    stack_id: Uuid
    observed_at: Moment
    reason: str
    message: str
    event_type: str
    source: str | None
    involved_object: K8sEventInvolvedObject
    created_at: Moment


class AgentPodLog(TypedDict):
    id: Uuid
    agent_id: Uuid
    stack_id: Uuid
    namespace: str
    pod: str
    container: str
    ts: Moment
    line: str
    created_at: Moment


class LogGap(TypedDict):
    agent_id: Uuid
    stack_id: Uuid
    since_ts: Moment
    dropped_count: int
    reason: str
    created_at: Moment


class K8sEventHistoryResponse(TypedDict):
    retention: RetentionInfo
    events: list[AgentK8sEvent]


class PodLogHistoryResponse(TypedDict):
    """
    `gaps` is not in the contract, whose gaps are only shown live.
    """

    retention: RetentionInfo
    lines: list[AgentPodLog]
    gaps: list[LogGap]


def retention_view(oldest: str | None) -> RetentionInfo:
    return {
        "retention_ceiling_seconds": KEPT_SECONDS,
        "effective_retention_seconds": KEPT_SECONDS,
        "oldest_available_ts": oldest,
        "long_term_sink_hint": HINT,
    }


def k8s_event_view(received: domain.Received[domain.K8sEvent]) -> AgentK8sEvent:
    event = received.said
    involved = event.involved_object
    return {
        "id": str(received.id),
        "agent_id": str(received.agent_id),
        "stack_id": str(event.stack_id),
        "observed_at": moment(event.observed_at),
        "reason": event.reason,
        "message": event.message,
        "event_type": event.event_type,
        "source": event.source,
        "involved_object": {
            "api_version": involved.api_version,
            "kind": involved.kind,
            "namespace": involved.namespace,
            "name": involved.name,
            "uid": involved.uid,
        },
        "created_at": moment(received.created_at),
    }


def line_view(received: domain.Received[object], line: domain.PodLogLine) -> AgentPodLog:
    return {
        "id": str(received.id),
        "agent_id": str(received.agent_id),
        "stack_id": str(line.stack_id),
        "namespace": line.namespace,
        "pod": line.pod,
        "container": line.container,
        "ts": moment(line.ts),
        "line": line.line,
        "created_at": moment(received.created_at),
    }


def gap_view(received: domain.Received[object], gap: domain.LogGap) -> LogGap:
    return {
        "agent_id": str(received.agent_id),
        "stack_id": str(gap.stack_id),
        "since_ts": moment(gap.since_ts),
        "dropped_count": gap.dropped_count,
        "reason": gap.reason,
        "created_at": moment(received.created_at),
    }
