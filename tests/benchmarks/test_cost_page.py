import pytest

from benchmarks import bill, prices
from benchmarks.bill import Measured
from benchmarks.cost_page import PAGE, measured_in, render


def test_the_page_is_made_from_the_present_prices_and_operations():
    """
    It goes stale in silence otherwise. `python -m benchmarks.cost` makes it anew.
    """
    page = PAGE.read_text()

    measured = measured_in(page)

    assert tuple(measured) == bill.OPERATIONS
    assert page == render(measured)


def test_a_price_that_changes_makes_another_page(monkeypatch):
    page = PAGE.read_text()
    monkeypatch.setattr(prices, "MILLION_REST_REQUESTS", 1.0)

    other = render(measured_in(page))

    assert other != page


def test_a_request_by_the_gateway_costs_what_each_part_asks():
    measured = Measured(reads=2, writes=1, calls=2, cpu_ms=bill.MEMORY_MB / bill.WHOLE_PROCESSOR_MB)

    cost = bill.of_request(measured, by_gateway=True).times(1_000_000)

    assert cost.table == pytest.approx(2 * 0.125 + 0.625)
    assert measured.lambda_ms == 1 + 2 * bill.CALL_MS
    assert cost.function == pytest.approx(0.20 + 11 / 1000 * bill.MEMORY_MB / 1024 * 1_000_000 * prices.GB_SECOND)
    assert cost.gateway == pytest.approx(3.50)
    assert cost.logs == pytest.approx(0.65)


def test_a_function_url_takes_nothing_for_itself():
    measured = Measured(reads=2, writes=1, calls=2, cpu_ms=1)

    cost = bill.of_request(measured, by_gateway=False)

    assert cost.gateway == 0
    assert cost.total == cost.table + cost.function + cost.logs


def test_an_agent_that_polls_half_as_often_costs_half_as_much_but_for_its_health_and_its_own_entry():
    measured = dict.fromkeys(bill.OPERATIONS, Measured(reads=2, writes=1, calls=2, cpu_ms=1))

    often, seldom = (bill.of_month(measured, bill.POLL, seconds, by_gateway=True) for seconds in (30, 60))

    steady = bill.of_request(measured[bill.HEALTH], by_gateway=True).times(730 * 66)
    assert often.requests == 2 * 730 * 120 + steady.requests
    assert seldom.total - steady.total == pytest.approx((often.total - steady.total) / 2)
