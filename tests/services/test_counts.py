from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from pynamodb.exceptions import QueryError

from chalicelib.domain.counts import Counts
from chalicelib.services.counts import Counter
from tests.support.house import NOON


class Store:
    """
    That is read, or is away.
    """

    def __init__(self):
        self.reads = 0
        self.error = None

    def __call__(self):
        self.reads += 1
        if self.error:
            raise self.error
        return Counts(self.reads, 0)


class Clock:
    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counter(store, clock):
    return Counter(store, now=clock)


def test_the_table_is_read_when_somebody_asks_and_once_in_half_a_minute(counter, store, clock):
    told = []
    for seconds in (0, 10, 19, 1, 29):
        clock.at += timedelta(seconds=seconds)
        told.append(counter.counts().active_agents)

    assert told == [1, 1, 1, 2, 2]


def test_a_store_that_is_away_has_no_counts_and_is_left_alone_for_as_long(counter, store, clock):
    store.error = QueryError("no answer", EndpointConnectionError(endpoint_url="http://store"))
    away = [counter.counts(), counter.counts()]
    reads = store.reads

    store.error = None
    clock.at += timedelta(seconds=30)

    assert (away, reads) == ([None, None], 1)
    assert counter.counts() == Counts(2, 0)


def test_what_nobody_foresaw_flies(counter, store):
    store.error = LookupError("a mistake of ours")

    with pytest.raises(LookupError):
        counter.counts()
