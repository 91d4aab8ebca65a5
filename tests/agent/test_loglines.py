import json

import pytest

from agent.buffer import Buffer
from agent.loglines import LINES_IN_A_SECOND, LONGEST_LINE, LOOKED_AT, LogLines, Source, cut, moment_in
from tests.support.bundles import STACK
from tests.support.house import Clock

SOURCE = Source(STACK, "shop", "web-1-a", "web-1-a-uid", "app")


class Log:
    def __init__(self):
        self.buffer, self.clock = Buffer(), Clock()
        self.lines = LogLines(SOURCE, self.buffer, clock=self.clock)

    def read(self, *lines):
        return self.lines.read([f"{line}\n".encode() for line in lines])

    @property
    def told(self):
        return json.loads(self.buffer.take(lambda _: True).body)

    @property
    def words(self):
        return [row["line"] for row in self.told["lines"]]


def at(n, words, second=1):
    return f"2026-11-24T12:00:{second:02}.{n:09}Z {words}"


def test_a_line_is_told_with_whose_it_is_and_when():
    log = Log()

    log.read("2026-11-24T12:00:01.123456789Z hello world")

    assert log.told["lines"] == [
        {
            "stack_id": STACK,
            "namespace": "shop",
            "pod": "web-1-a",
            "container": "app",
            "ts": "2026-11-24T12:00:01.123456Z",
            "line": "hello world",
        }
    ]


def test_a_log_that_is_opened_again_tells_nothing_twice():
    """
    The API server opens it at the second, so it begins with lines that are known.
    """
    log = Log()
    log.read(at(1, "a"), at(2, "b"))

    fresh = log.read(at(1, "a"), at(2, "b"), at(3, "c"), at(3, "d"))

    assert fresh == 2
    assert log.lines.last == "2026-11-24T12:00:01.000000003Z"
    assert log.words == ["a", "b", "c", "d"]


def test_lines_of_one_moment_are_all_told():
    log = Log()

    log.read(at(1, "a"), at(1, "b"))

    assert log.words == ["a", "b"]


def test_no_more_than_so_many_lines_of_a_second_are_told_and_the_rest_is_one_gap():
    log = Log()
    for second in range(3):
        log.clock.now = float(second)
        log.read(*(at(n, str(n), second) for n in range(1000)))

    told = log.told

    assert len(told["lines"]) == 3 * LINES_IN_A_SECOND
    assert [(gap["reason"], gap["dropped_count"], gap["since_ts"]) for gap in told["gaps"]] == [
        ("rate_limit", 900, f"2026-11-24T12:00:{second:02}.000000Z") for second in range(3)
    ]


def test_a_private_key_that_begins_in_a_line_that_is_dropped_is_one_still():
    log = Log()
    log.read(*(at(n, str(n)) for n in range(100)), at(100, "-----BEGIN PRIVATE KEY-----"), at(101, "TUlJRXZRSUJB" * 4))
    log.clock.now = 1.0

    log.read(at(102, "TUlJRXZRSUJB" * 4), at(103, "-----END PRIVATE KEY-----"), at(104, "after"))

    assert log.words[100:] == ["[redacted]", "[redacted]", "after"]


def test_lines_are_redacted_and_then_cut():
    log = Log()

    log.read(at(1, "password=hunter2"), at(2, "ä" * LONGEST_LINE), at(3, "y" * (LONGEST_LINE - 9) + " token=hunter2"))

    secret, long, across = log.words
    assert secret == "password=[redacted]"
    assert long == "ä" * (LONGEST_LINE // 2)
    assert "hun" not in across


def test_a_line_without_an_end_is_held_in_a_bounded_room():
    pieces = iter([b"x" * 2**16] * 100 + [b"end\nnext\n", b"rest"])

    lines = list(cut(pieces))

    assert [len(line) for line in lines] == [LOOKED_AT, 4, 4]


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2026-11-24T12:00:01Z", "2026-11-24T12:00:01.000000000Z"),
        ("2026-11-24T12:00:01.12Z", "2026-11-24T12:00:01.120000000Z"),
        ("2026-11-24T12:00:01.000000001+02:00", "2026-11-24T10:00:01.000000001Z"),
        ("unable", None),
        ("", None),
    ],
)
def test_moments_are_read_in_every_form(stamp, moment):
    assert moment_in(stamp) == moment


def test_a_remark_of_the_kubelet_is_no_line():
    log = Log()

    fresh = log.read("unable to retrieve container logs", at(1, "a"))

    assert (fresh, log.words) == (1, ["a"])


def test_ends_of_lines_from_elsewhere_are_taken_off():
    log = Log()

    log.read(at(1, "a\r"), at(2, ""))

    assert log.words == ["a", ""]
