"""
What Prometheus is told. The first six are the contract's; no label grows with objects or stacks.
"""

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

PREFIX = "brokkr_agent"

poll_requests = Counter(f"{PREFIX}_poll_requests", "Polls of the broker", ["status"])
poll_duration = Histogram(f"{PREFIX}_poll_duration_seconds", "Time of a poll")
kubernetes_operations = Counter(f"{PREFIX}_kubernetes_operations", "Requests to the API server", ["operation"])
kubernetes_duration = Histogram(
    f"{PREFIX}_kubernetes_operation_duration_seconds", "Time of a request to the API server", ["operation"]
)
heartbeats = Counter(f"{PREFIX}_heartbeat_sent", "Heartbeats that the broker took")
last_poll = Gauge(f"{PREFIX}_last_successful_poll_timestamp", "When the broker last answered a poll")

applies = Counter(f"{PREFIX}_applies", "Objects applied or refused", ["result"])
prunes = Counter(f"{PREFIX}_prunes", "Objects that a stack no longer wants, and what became of them", ["result"])
drifts = Counter(f"{PREFIX}_drifts", "Changes by others to fields of ours", ["result"])
held = Gauge(f"{PREFIX}_held_deletions", "Removals that the brake holds now")
stage_duration = Histogram(f"{PREFIX}_stage_duration_seconds", "Time of a stage of an apply", ["stage"])
health = Gauge(f"{PREFIX}_stacks", "Stacks whose newest object is in place, by their health", ["health"])
health_reports = Counter(f"{PREFIX}_health_reports", "Reports of health to the broker", ["status"])
reports_waiting = Gauge(f"{PREFIX}_reports_waiting", "Reports that the broker does not have yet")
telemetry = Counter(
    f"{PREFIX}_telemetry", "Events and log lines of stacks, and what became of them", ["kind", "result"]
)
followed = Gauge(f"{PREFIX}_followed_containers", "Containers whose log is followed now")


def exposition() -> bytes:
    """
    In Prometheus' text format.
    """
    return generate_latest(REGISTRY)
