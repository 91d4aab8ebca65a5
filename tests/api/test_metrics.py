"""
What Prometheus is told, and that nothing of it is lost.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import app
from chalicelib.api.metrics import gauges
from chalicelib.api.prometheus import BUCKETS
from chalicelib.domain.counts import Counts
from tests.api.test_routing import rest
from tests.support.factories import new_generator, new_stack

SERIES = {
    "brokkr_active_agents": set(),
    "brokkr_stacks_total": set(),
    "brokkr_http_requests_total": {"endpoint", "method", "status"},
    "brokkr_http_request_duration_seconds_bucket": {"endpoint", "method", "le"},
    "brokkr_http_request_duration_seconds_count": {"endpoint", "method"},
    "brokkr_http_request_duration_seconds_sum": {"endpoint", "method"},
    "brokkr_dynamodb_read_units_total": {"endpoint", "method"},
    "brokkr_dynamodb_write_units_total": {"endpoint", "method"},
}


def samples():
    text = app(rest("/metrics"), None)["body"]
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def total(name, **labels):
    return sum(one.value for one in samples() if one.name == name and labels.items() <= one.labels.items())


def test_it_is_answered_to_anybody_as_prometheus_wants_it(http):
    answer = http.get("//metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE brokkr_http_requests_total counter" in answer.text
    assert "# TYPE brokkr_http_request_duration_seconds histogram" in answer.text


def test_names_and_labels_are_those_that_are_written_down(http):
    http.get("/stacks", pak=http.admin)

    found = {one.name: set(one.labels) for one in samples()}

    assert found == SERIES


def test_a_histogram_has_the_contracts_buckets(http):
    http.get("//healthz")

    bounds = [one.labels["le"] for one in samples() if one.labels.get("endpoint") == "/healthz" and "le" in one.labels]

    assert [float(bound) for bound in bounds] == [*BUCKETS, float("inf")]
    assert BUCKETS == (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def test_a_request_is_counted_under_the_template_of_its_route(http):
    generator = new_generator(http)
    stack = new_stack(http, generator)

    http.post(f"/stacks/{stack}/labels", pak=generator.pak, json="blue")
    http.delete(f"/stacks/{stack}/labels/blue", pak=generator.pak)

    assert total("brokkr_http_requests_total", endpoint="/api/v1/stacks/:id/labels/:id", method="DELETE", status="204")
    assert total("brokkr_dynamodb_read_units_total", endpoint="/api/v1/stacks/:id/labels", method="POST") > 0
    assert not any(stack in one.labels.get("endpoint", "") or "blue" in str(one.labels) for one in samples())


def test_what_a_caller_makes_up_grows_no_label(http):
    http.get("//first-word")
    app(rest("/healthz", "FIRST"), None)
    before = len(samples())

    for word in ("one", "two", "three"):
        http.get(f"//{word}")
        http.get(f"/{word}", pak=http.admin)
        app(rest("/healthz", word.upper()), None)

    assert len(samples()) == before
    assert total("brokkr_http_requests_total", endpoint="unknown", status="404") >= 7
    assert total("brokkr_http_requests_total", endpoint="/healthz", method="other", status="405") >= 4


def test_who_comes_to_fetch_figures_is_not_counted(http):
    for _ in range(3):
        http.get("//metrics")

    assert total("brokkr_http_requests_total", endpoint="/metrics") == 0


@pytest.mark.parametrize(("threads", "each"), [(1, 1), (2, 500), (8, 125), (32, 20)])
def test_as_many_are_counted_as_were_answered(installation, threads, each):
    """
    However many threads there are: a count that is read, added to and written back loses some.
    """
    names = ("brokkr_http_requests_total", "brokkr_http_request_duration_seconds_count")
    before = [total(name, endpoint="/healthz") for name in names]

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: [app(rest("/healthz"), None) for _ in range(each)], range(threads)))

    assert [total(name, endpoint="/healthz") for name in names] == [count + threads * each for count in before]


def test_a_request_that_took_long_is_in_the_buckets_from_its_time_on(http):
    http.get("//readyz")

    counts = {
        one.labels["le"]: one.value
        for one in samples()
        if one.labels.get("endpoint") == "/readyz" and "le" in one.labels
    }

    assert list(counts.values()) == sorted(counts.values())
    assert counts["+Inf"] == total("brokkr_http_request_duration_seconds_count", endpoint="/readyz")
    assert total("brokkr_http_request_duration_seconds_sum", endpoint="/readyz") < timedelta(minutes=1).total_seconds()


def test_what_the_table_knows_is_told_as_it_is_and_not_at_all_where_it_does_not_answer():
    (agents,), (stacks,) = (one.samples for one in text_string_to_metric_families(gauges(Counts(3, 7))))

    assert (agents.name, agents.value, stacks.name, stacks.value) == (
        "brokkr_active_agents",
        3,
        "brokkr_stacks_total",
        7,
    )
    assert gauges(None) == ""
