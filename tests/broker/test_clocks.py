from datetime import UTC, datetime, timedelta

import pytest

from broker.clocks import clock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("skew", "said", "is_well"),
    [(0, "0 s behind AWS's", True), (29, "29 s ahead of AWS's", True), (-31, "31 s behind AWS's", False)],
)
def test_clocks_may_differ_by_half_a_minute(skew, said, is_well):
    finding = clock("clock", NOON, NOON + timedelta(seconds=skew), "AWS's")

    assert (finding.said, finding.todo is None) == (said, is_well)


def test_a_time_that_is_not_told_is_not_compared():
    finding = clock("clock", None, NOON, "the broker's")

    assert finding.todo is None
    assert finding.said == "not compared: the broker's time is not told"
