"""
Figures, for whoever comes to fetch them.
"""
# ruff: noqa: PLC0415 - a Lambda is without Prometheus' library

from chalice import Blueprint

from chalicelib.api.answered import Answered
from chalicelib.api.answers import Text
from chalicelib.api.operations import NOBODY, Operation
from chalicelib.domain.counts import Counts
from chalicelib.services import counts
from chalicelib.settings import settings

PATH = "/metrics"
ELSEWHERE = "# A broker in Lambda is many copies, and none knows what the others count: all else is in CloudWatch.\n"

routes = Blueprint(__name__)


class Exposition(Text):
    content_type = "text/plain; version=0.0.4; charset=utf-8"


@routes.route(PATH, methods=["GET"])
@Operation("get_metrics", "broker", by=NOBODY)
def get_metrics() -> Exposition:
    """
    What all copies know alike, and what one of them counted where it can add up.
    """
    known = gauges(counts.here.counts())
    if settings.in_lambda:
        return Exposition(f"{known}{ELSEWHERE}")
    from chalicelib.api import prometheus

    return Exposition(f"{known}{prometheus.exposition()}")


def gauges(known: Counts | None) -> str:
    """
    None where the store does not say.
    """
    if known is None:
        return ""
    told = (
        ("brokkr_active_agents", "Agents whose status is ACTIVE", known.active_agents),
        ("brokkr_stacks_total", "Stacks that are not deleted", known.stacks),
    )
    return "".join(f"# HELP {name} {what}\n# TYPE {name} gauge\n{name} {value}\n" for name, what, value in told)


def is_counted(answered: Answered) -> bool:
    """
    All but those who come to fetch the figures.
    """
    return answered.endpoint != PATH


def count(answered: Answered) -> None:
    """
    Not in a Lambda, where the log has the figures.
    """
    if is_counted(answered) and not settings.in_lambda:
        from chalicelib.api import prometheus

        prometheus.count(answered)
