"""
A request's line, as CloudWatch takes its figures from it.
"""

import json
import logging
from datetime import timedelta

import pytest

from chalicelib.api.answered import Start
from chalicelib.api.broker import Broker
from chalicelib.api.logs import JsonFormatter
from chalicelib.api.middleware import log_request, render_errors
from chalicelib.services.health import check_store
from tests.api.test_routing import rest
from tests.support.embedded import figures_of

NAMESPACE = "brokkr/test"


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.written = []

    def emit(self, record):
        self.written.append(JsonFormatter().format(record))


@pytest.fixture
def lines():
    return Lines()


@pytest.fixture
def broker(lines):
    """
    As it is in a Lambda: some routes, and a line for each request.
    """
    log = logging.getLogger("embedded")
    log.handlers, log.propagate = [lines], False
    log.setLevel(logging.INFO)
    broker = Broker("measured")
    broker.log = log
    start = Start(timedelta(milliseconds=250))
    log_it = log_request(log, start, namespace=NAMESPACE, count=lambda _: None)
    for middleware in (log_it, render_errors):
        broker.register_middleware(middleware, "http")
    broker.route("/things/{id}/parts/{part_id}", methods=["GET"])(lambda **_: check_store() or {})
    broker.route("/broken", methods=["GET"])(lambda: 1 // 0)
    broker.route("/metrics", methods=["GET"])(dict)
    return broker


def test_a_line_names_its_figures_under_route_method_and_class_of_status(broker, lines, installation):
    broker(rest("/healthz"), None)
    broker(rest("/things/a-secret/parts/another"), None)

    found = figures_of(lines.written[-1])
    values = ("/things/:id/parts/:id", "GET", "2xx")
    assert found.keys() == {(NAMESPACE, name, values) for name in ("ms", "read_units", "write_units")}
    assert found[NAMESPACE, "read_units", values] > 0
    assert found[NAMESPACE, "write_units", values] == 0


def test_the_first_line_of_a_process_says_how_long_it_took_to_start_and_no_other_does(broker, lines):
    for _ in range(3):
        broker(rest("/broken"), None)

    starts = [
        value for line in lines.written if "_aws" in line for (_, name, _), value in figures_of(line).items()
        if name == "import_ms"
    ]  # fmt: skip
    requests = [json.loads(line) for line in lines.written if json.loads(line)["message"] == "request"]
    assert starts == [250.0]
    assert [one["cold_start"] for one in requests] == [True, False, False]


@pytest.mark.parametrize(
    ("path", "method", "values"),
    [
        ("/nothing/at/all", "GET", ("unknown", "GET", "4xx")),
        ("/broken", "BREW", ("/broken", "other", "4xx")),
        ("/broken", "GET", ("/broken", "GET", "5xx")),
        ("/broken", "OPTIONS", ("/broken", "OPTIONS", "2xx")),
        ("/broken", "HEAD", ("/broken", "GET", "5xx")),
    ],
)
def test_nothing_that_a_caller_makes_up_becomes_a_dimension(broker, lines, path, method, values):
    """
    Each new value would be a metric more on the bill; and one that is null voids the line.
    """
    broker(rest(path, method), None)

    assert {dimensions for _, _, dimensions in figures_of(lines.written[-1])} == {values, ()}


def test_who_comes_to_fetch_figures_is_in_the_log_and_in_no_figure(broker, lines):
    broker(rest("/metrics"), None)

    line = json.loads(lines.written[-1])
    assert line["route"] == "/metrics"
    assert "_aws" not in line
