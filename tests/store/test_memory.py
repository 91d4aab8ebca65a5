from datetime import UTC, datetime, timedelta

from chalicelib.store.memory import Memory

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_was_remembered_first_is_forgotten_first():
    memory = Memory(2)

    for key in "abc":
        memory.remember(key, key.upper())

    assert [memory.recall(key) for key in "abc"] == [None, "B", "C"]


def test_it_lasts_for_as_long_as_it_was_meant_to():
    memory = Memory(2, MINUTE)
    memory.remember("a", 1, NOON)

    assert memory.recall("a", NOON + MINUTE) == 1
    assert memory.recall("a", NOON + 2 * MINUTE) is None


def test_only_what_is_missing_is_read_and_what_is_absent_is_asked_for_again():
    memory, asked = Memory(10), []

    def read(keys):
        asked.append(keys)
        return {key: key.upper() for key in keys if key != "nobody"}

    first = memory.read(["a", "nobody"], read)
    second = memory.read(["a", "b", "nobody"], read)

    assert first == {"a": "A"}
    assert second == {"a": "A", "b": "B"}
    assert asked == [["a", "nobody"], ["b", "nobody"]]


def test_what_is_forgotten_is_read_again():
    memory = Memory(10)
    memory.remember("a", 1)

    memory.forget("a")
    memory.forget("never there")

    assert memory.recall("a") is None


def test_a_value_that_says_when_it_dates_from_lasts_from_then_on():
    memory, asked = Memory(10, MINUTE), []

    def read(keys):
        asked.extend(keys)
        return dict.fromkeys(keys, NOON)

    found = [memory.read(["a"], read, NOON + age * MINUTE, since=lambda moment: moment) for age in (0.5, 1, 2)]

    assert found == [{"a": NOON}] * 3
    assert asked == ["a", "a"]
