"""
What an agent may pass on: valid, and a test names only what matters.
"""

from datetime import UTC, datetime

from chalicelib.domain.telemetry import InvolvedObject, K8sEvent, LogGap, PodLogLine

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def a_line(stack_id, line="listening", **more):
    return PodLogLine(
        **{"stack_id": stack_id, "namespace": "shop", "pod": "web-1", "container": "web", "ts": NOON, "line": line}
        | more
    )


def an_event(stack_id, message="Back-off restarting", **more):
    involved = InvolvedObject(api_version="v1", kind="Pod", name="web-1", namespace="shop", uid="u-1")
    return K8sEvent(
        **{
            "stack_id": stack_id,
            "observed_at": NOON,
            "reason": "BackOff",
            "message": message,
            "event_type": "Warning",
            "source": "kubelet",
            "involved_object": involved,
        }
        | more
    )


def a_gap(stack_id, dropped_count=1, **more):
    return LogGap(
        **{"stack_id": stack_id, "since_ts": NOON, "dropped_count": dropped_count, "reason": "rate_limit"} | more
    )
