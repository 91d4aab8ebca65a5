"""
CloudWatch's embedded metrics: a line of the log that says which of its fields are figures, and of what.

Each value of a dimension is a metric that CloudWatch bills by the month, so there are few.
"""

from datetime import datetime
from typing import Any

from chalicelib.api.answered import Answered

DIMENSIONS = ("endpoint", "method", "status_class")
OF_A_REQUEST = {"ms": "Milliseconds", "read_units": "Count", "write_units": "Count"}
OF_A_START = {"import_ms": "Milliseconds"}

Directive = dict[str, Any]


def embedded(answered: Answered, namespace: str, at: datetime, *, starts: bool) -> dict[str, Any]:
    """
    What a request's line has besides: its dimensions, and the directives that name its figures. Of a process' first
    request, how long the process took to import, under no dimension: as many of these as there are cold starts.
    """
    directives = [_directive(namespace, DIMENSIONS, OF_A_REQUEST)]
    if starts:
        directives.append(_directive(namespace, (), OF_A_START))
    return {
        "endpoint": answered.endpoint,
        "status_class": f"{answered.status // 100}xx",
        "_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": directives},
    }


def _directive(namespace: str, dimensions: tuple[str, ...], figures: dict[str, str]) -> Directive:
    return {
        "Namespace": namespace,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in figures.items()],
    }
