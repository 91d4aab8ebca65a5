from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chalicelib.domain.confirmations import Confirmation, confirming, renewed, write_units
from chalicelib.domain.deployment_health import Health

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, SILENCE = timedelta(seconds=1), timedelta(seconds=180)
ONE, OTHER = uuid4(), uuid4()


def health(reported_at=NOON):
    return Health(
        status="healthy", since=NOON, created_at=NOON, checked_at=reported_at - SECOND, reported_at=reported_at
    )


def confirmed(*ids, at, checked_at=None):
    return Confirmation(reported_at=at, checked_at=checked_at or at, object_ids=frozenset(ids))


def test_a_word_is_as_fresh_as_its_last_confirmation():
    later, last = NOON + 60 * SECOND, NOON + 120 * SECOND

    word = renewed(ONE, health(), [confirmed(ONE, at=last, checked_at=last - SECOND), confirmed(ONE, OTHER, at=later)])

    assert (word.reported_at, word.checked_at, word.since) == (last, last - SECOND, NOON)


def test_a_confirmation_of_another_object_or_of_an_earlier_word_renews_nothing():
    word = health()

    assert renewed(ONE, word, [confirmed(OTHER, at=NOON + SECOND)]) == word
    assert renewed(ONE, word, [confirmed(ONE, at=NOON - SECOND)]) == word


def test_the_agents_clock_orders_its_words_and_never_goes_back():
    """
    What it looked at before it said another word, and said a moment later, is no younger look.
    """
    word = renewed(ONE, health(), [confirmed(ONE, at=NOON + SECOND, checked_at=NOON - 2 * SECOND)])

    assert (word.reported_at, word.checked_at) == (NOON + SECOND, NOON - SECOND)


def test_a_report_in_parts_leaves_each_part_its_own_confirmation():
    first = confirming([], {ONE: NOON}, NOON, SILENCE)
    both = confirming(first, {OTHER: NOON + SECOND}, NOON + SECOND, SILENCE)

    assert both == [confirmed(ONE, at=NOON), confirmed(OTHER, at=NOON + SECOND)]
    assert confirming(both, {ONE: NOON + 2 * SECOND, OTHER: NOON + 2 * SECOND}, NOON + 2 * SECOND, SILENCE) == [
        confirmed(ONE, OTHER, at=NOON + 2 * SECOND)
    ]


def test_what_is_older_than_the_silence_is_not_kept():
    early = [confirmed(ONE, at=NOON)]

    assert confirming(early, {}, NOON + SILENCE, SILENCE) == early
    assert confirming(early, {}, NOON + SILENCE + SECOND, SILENCE) == []


def test_each_object_keeps_the_moment_that_it_was_looked_at_and_none_is_still_to_come():
    found = confirming([], {ONE: NOON - SECOND, OTHER: NOON + SECOND}, NOON, SILENCE)

    assert {(one.checked_at, *one.object_ids) for one in found} == {(NOON - SECOND, ONE), (NOON, OTHER)}


def test_a_hundred_objects_take_two_write_units_and_a_hundred_moments_or_stacks_that_are_not_well_more():
    ids = [uuid4() for _ in range(100)]

    assert write_units([confirmed(*ids[:35], at=NOON)], unwell=5) == 1
    assert write_units([confirmed(*ids, at=NOON)], unwell=5) == 2
    assert write_units([confirmed(id, at=NOON) for id in ids], unwell=5) == 6
    assert write_units([confirmed(*ids, at=NOON)], unwell=100) == 7
