"""
What Prometheus is told. Imported by the first request that is counted: a Lambda counts none, and has no such library.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from chalicelib.api.answered import Answered
from chalicelib.settings import settings

BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
OF_AN_OPERATION = ("endpoint", "method")

disable_created_metrics()  # several processes have none, and one alone shall say the same
ours = CollectorRegistry()

requests = Counter("brokkr_http_requests", "Requests answered", (*OF_AN_OPERATION, "status"), registry=ours)
durations = Histogram(
    "brokkr_http_request_duration_seconds", "Time to the answer", OF_AN_OPERATION, buckets=BUCKETS, registry=ours
)
read_units = Counter("brokkr_dynamodb_read_units", "Read units consumed", OF_AN_OPERATION, registry=ours)
write_units = Counter("brokkr_dynamodb_write_units", "Write units consumed", OF_AN_OPERATION, registry=ours)


def count(answered: Answered) -> None:
    operation = answered.endpoint, answered.method
    requests.labels(*operation, str(answered.status)).inc()
    durations.labels(*operation).observe(answered.took.total_seconds())
    read_units.labels(*operation).inc(answered.units.reads)
    write_units.labels(*operation).inc(answered.units.writes)


def exposition() -> str:
    """
    In the text format 0.0.4. Where processes share a folder for their figures, it is the sum over all of them, those
    that have ended too.
    """
    registry = ours
    if settings.metrics_folder:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, settings.metrics_folder)
    return generate_latest(registry).decode()
