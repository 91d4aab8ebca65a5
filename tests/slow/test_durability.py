import pytest

from benchmarks.durability import survive

pytestmark = pytest.mark.slow


def test_what_was_acknowledged_survives_kills_of_server_and_store():
    """
    A pipeline that was answered 201 never asks again: what it pushed must be there, whole, whatever died when.
    """
    outcome = survive(kills=5)

    assert outcome.kills == 5
    assert outcome.acknowledged > 0
    assert (outcome.missing, outcome.half_visible, outcome.twice) == ([], [], [])
