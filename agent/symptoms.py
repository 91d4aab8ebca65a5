"""
What a diagnosis tells of a pod and of an event. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.redaction import redacted

LONGEST_MESSAGE = 1024

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Container:
    """
    One whose words may be read.
    """

    name: str
    crashed: bool


def pod_status(pod: Object) -> dict[str, Any]:
    metadata, status = pod["metadata"], pod.get("status") or {}
    return {
        "name": metadata["name"],
        "namespace": metadata.get("namespace") or "",
        "phase": status.get("phase") or "Unknown",
        "conditions": [_condition(row) for row in status.get("conditions") or []],
        "containers": [_container(row) for row in _statuses(pod)],
    }


def event_row(event: Object) -> dict[str, Any]:
    about = event.get("involvedObject") or {}
    return {
        "event_type": event.get("type"),
        "reason": event.get("reason"),
        "message": shown(event.get("message")),
        "involved_object": about.get("name"),
        "involved_object_kind": about.get("kind"),
        "first_timestamp": event.get("firstTimestamp") or event.get("eventTime"),
        "last_timestamp": last_seen(event) or None,
        "count": event.get("count") or (event.get("series") or {}).get("count") or 1,
    }


def last_seen(event: Object) -> str:
    """
    When it last happened, as the API server writes moments: they sort as they are.
    """
    series = event.get("series") or {}
    metadata = event.get("metadata") or {}
    moments = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return str(next((moment for moment in moments if moment), metadata.get("creationTimestamp") or ""))


def containers_of(pod: Object) -> list[Container]:
    """
    In the order in which they start.
    """
    crashed = {row["name"] for row in _statuses(pod) if (row.get("lastState") or {}).get("terminated")}
    spec = pod.get("spec") or {}
    rows = [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
    rows += spec.get("ephemeralContainers") or []
    return [Container(row["name"], row["name"] in crashed) for row in rows]


def is_well(pod: Object) -> bool:
    """
    Ready, or done.
    """
    status = pod.get("status") or {}
    ready = {row.get("status") for row in status.get("conditions") or [] if row.get("type") == "Ready"}
    return ready == {"True"} or status.get("phase") == "Succeeded"


def is_over(pod: Object, container: str) -> bool:
    """
    Whether it will say nothing any more: its pod is done, or it was to run first and has.
    """
    status = pod.get("status") or {}
    first = {row["name"]: row.get("state") or {} for row in status.get("initContainerStatuses") or []}
    ended = first.get(container, {}).get("terminated") or {}
    return status.get("phase") in ("Succeeded", "Failed") or ended.get("exitCode") == 0


def shown(message: object) -> str | None:
    if message is None:
        return None
    text = redacted(str(message))
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"


def _condition(row: Object) -> dict[str, Any]:
    told = {"condition_type": row.get("type"), "status": row.get("status")}
    return {**told, "reason": row.get("reason"), "message": shown(row.get("message"))}


def _container(row: Object) -> dict[str, Any]:
    states: Object = row.get("state") or {"unknown": {}}
    state, details = next(iter(states.items()))
    words = (details.get("message"), _end(row))
    return {
        "name": row["name"],
        "ready": bool(row.get("ready")),
        "restart_count": row.get("restartCount") or 0,
        "state": state,
        "state_reason": details.get("reason"),
        "state_message": shown("; ".join(word for word in words if word) or None),
    }


def _end(row: Object) -> str | None:
    """
    How it last ended: a container that waits for its next start has only this to tell.
    """
    ended = (row.get("lastState") or {}).get("terminated")
    return f"it last ended with {ended.get('reason')}, exit code {ended.get('exitCode')}" if ended else None


def _statuses(pod: Object) -> Iterator[Object]:
    status = pod.get("status") or {}
    for key in ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"):
        yield from status.get(key) or []
