from datetime import timedelta

import pytest

from cli import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("1.5m", 90), ("0", 0), ("1h2m3s", 3723)],
)
def test_spans_are_read_as_people_write_them(text, seconds):
    assert durations.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", " ", "soon", "5 m", "-5m", "5d", "m", "5m5h"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="is no span of time such as"):
        durations.parse(text)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "1m30s"), (300, "5m"), (3723, "1h2m3s")])
def test_and_told_the_same_way(seconds, text):
    assert durations.say(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize("text", ["99999999999999h", f"{'9' * 400}s"])
def test_what_is_longer_than_time_is_refused(text):
    with pytest.raises(ValueError, match="is longer than anybody waits"):
        durations.parse(text)
