import json

from agent import buffer as module
from agent.buffer import BUFFER_FULL, BYTES_IN_A_BATCH, BYTES_KEPT, RATE_LIMIT, Buffer, Gap, Item, Place
from tests.support.bundles import STACK


def line(n, text="x"):
    return Item.of(STACK, f"2026-11-24T12:00:{n % 60:02}Z", {"line": text, "n": n})


def everybody(_):
    return True


def told(batch):
    return json.loads(batch.body)


def test_what_came_is_sent_in_its_order():
    buffer = Buffer()
    buffer.add_event(Item.of(STACK, "2026-11-24T12:00:00Z", {"reason": "Killing"}))
    buffer.add_line(line(1, "one ä"))
    buffer.add_line(line(2))
    buffer.add_gap(Place(STACK, RATE_LIMIT, "a"), "2026-11-24T12:00:03Z", 7)

    batch = buffer.take(everybody)

    assert told(batch) == {
        "events": [{"stack_id": STACK, "reason": "Killing"}],
        "lines": [{"stack_id": STACK, "line": "one ä", "n": 1}, {"stack_id": STACK, "line": "x", "n": 2}],
        "gaps": [{"stack_id": STACK, "since_ts": "2026-11-24T12:00:03Z", "dropped_count": 7, "reason": "rate_limit"}],
    }
    assert buffer.take(everybody).is_empty


def test_a_second_of_a_container_is_one_gap():
    buffer = Buffer()
    for window in ("a", "a", "b"):
        buffer.add_gap(Place(STACK, RATE_LIMIT, window), "2026-11-24T12:00:03Z")

    assert [gap["dropped_count"] for gap in told(buffer.take(everybody))["gaps"]] == [2, 1]


def test_of_what_finds_no_room_the_oldest_goes_and_is_counted():
    buffer = Buffer()
    for n in range(2 * module.LINES + 30):
        buffer.add_line(line(n))

    batch = buffer.take(everybody)

    assert told(batch)["lines"][0]["n"] == 30
    assert told(batch)["gaps"] == [
        {"stack_id": STACK, "since_ts": "2026-11-24T12:00:00Z", "dropped_count": 30, "reason": BUFFER_FULL}
    ]


def test_long_lines_find_less_room():
    buffer = Buffer()
    for n in range(1_000):
        buffer.add_line(line(n, "x" * 4096))

    batch = buffer.take(everybody)

    (gap,) = told(batch)["gaps"]
    assert 1_000 - gap["dropped_count"] <= BYTES_KEPT / 4096
    assert len(batch.body) < 2**20


def test_one_request_takes_no_more_than_the_broker_does():
    buffer = Buffer()
    for n in range(2 * module.LINES):
        buffer.add_line(line(n))
    for n in range(module.EVENTS):
        buffer.add_event(line(n, "e" * 2000))
    for n in range(2 * module.GAPS):
        buffer.add_gap(Place(STACK, RATE_LIMIT, str(n)), "2026-11-24T12:00:00Z")

    batches = []
    while not (batch := buffer.take(everybody)).is_empty:
        batches.append(batch)

    assert all(len(batch.body) < BYTES_IN_A_BATCH + 30_000 for batch in batches)
    assert all(len(batch.lines) <= module.LINES and len(batch.gaps) <= module.GAPS for batch in batches)
    assert sum(len(batch.events) for batch in batches) == module.EVENTS


def test_what_could_not_be_sent_is_sent_again_and_in_its_order():
    buffer = Buffer()
    for n in range(3):
        buffer.add_line(line(n))
    batch = buffer.take(everybody)
    buffer.add_line(line(3))
    batch.gaps[Place(STACK, RATE_LIMIT, "a")] = Gap("2026-11-24T12:00:00Z", 4)
    buffer.put_back(batch)

    again = told(buffer.take(everybody))

    assert [row["n"] for row in again["lines"]] == [0, 1, 2, 3]
    assert [gap["dropped_count"] for gap in again["gaps"]] == [4]


def test_what_is_lost_while_the_broker_is_away_is_another_gap():
    buffer = Buffer()
    buffer.add_line(line(0))
    buffer.put_back(buffer.take(everybody))
    for n in range(1, 2 * module.LINES + 2):
        buffer.add_line(line(n))

    lost = told(batch := buffer.take(everybody))["gaps"]
    buffer.delivered(batch)
    for n in range(2 * module.LINES):
        buffer.add_line(line(n))

    assert [(gap["reason"], gap["dropped_count"]) for gap in lost] == [("disconnected", 2)]
    assert [gap["reason"] for gap in told(buffer.take(everybody))["gaps"]] == ["buffer_full"]


def test_gaps_find_a_bounded_room():
    buffer = Buffer()
    for n in range(5 * module.GAPS_KEPT):
        buffer.add_gap(Place(STACK, RATE_LIMIT, str(n)), f"2026-11-24T12:00:{n % 60:02}Z")

    assert len(buffer._gaps) == module.GAPS_KEPT + 1
    assert sum(gap.count for gap in buffer._gaps.values()) == 5 * module.GAPS_KEPT


def test_of_a_stack_that_is_no_longer_known_nothing_is_sent():
    """
    The broker refuses a batch as a whole when one stack in it is not the agent's.
    """
    buffer = Buffer()
    buffer.add_line(line(0))
    buffer.add_event(line(0))
    buffer.add_gap(Place(STACK, RATE_LIMIT), "2026-11-24T12:00:00Z")

    assert buffer.take(lambda stack_id: stack_id != STACK).is_empty


def test_half_of_a_surrogate_pair_does_no_harm():
    assert json.loads(line(0, "a\ud800b").data)["line"] == "a?b"
