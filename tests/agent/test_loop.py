import logging

import pytest

from agent.broker import BrokerError, BrokerRefused
from agent.loop import Loop


class World:
    """
    A clock that sleeping moves, and an end.
    """

    def __init__(self, until):
        self.now = 0.0
        self.until = until

    def run(self, step, spread=lambda low, high: 1.0, **rest):
        Loop(step, 10.0, stop=self.stop, sleep=self.sleep, now=lambda: self.now, spread=spread, **rest).run()

    def stop(self):
        return self.now >= self.until

    def sleep(self, seconds):
        self.now += seconds


def test_the_interval_counts_from_start_to_start():
    world, starts = World(until=40), []

    def step():
        starts.append(world.now)
        world.now += 4

    world.run(step)

    assert starts == [0, 10, 20, 30]


def test_trouble_ends_no_loop_and_is_said_when_it_changes(caplog):
    world = World(until=60)
    troubles = iter([BrokerError("away"), BrokerError("away"), BrokerError("401"), ValueError("a bug"), None, None])

    def step():
        if trouble := next(troubles):
            raise trouble

    with caplog.at_level(logging.INFO, "agent"):
        world.run(step)

    said = [(record.message, record.fields.get("reason")) for record in caplog.records]
    assert said == [("waiting", "away"), ("waiting", "401"), ("unforeseen", None), ("going on", None)]


def test_a_step_is_jittered():
    ranges = []

    def spread(low, high):
        ranges.append((low, high))
        return high

    world = World(until=10)
    world.run(lambda: None, spread)

    assert ranges == [(0.9, 1.1)]
    assert world.now == pytest.approx(11.0)


def unwelcome():
    return BrokerRefused(401, "this PAK is not known")


def busy():
    error = BrokerError("the broker answered 429")
    error.retry_after = 25.0
    return error


@pytest.mark.parametrize(("trouble", "starts"), [(unwelcome, [0, 60, 120]), (busy, [0, 25, 50, 75, 100, 125])])
def test_a_broker_that_does_not_know_us_or_wants_to_be_left_alone_is_asked_more_rarely(trouble, starts):
    world, seen = World(until=130), []

    def step():
        seen.append(world.now)
        raise trouble()

    world.run(step)

    assert seen == starts


def test_after_trouble_a_step_may_come_sooner():
    world, seen = World(until=5), []

    def step():
        seen.append(world.now)
        raise BrokerError("away")

    world.run(step, after_trouble=2.0)

    assert seen == [0, 2, 4]


def test_a_step_without_an_interval_leaves_a_broker_that_does_not_know_us_alone_too():
    """
    Reports are sent as soon as there are any: a 401 made thousands of tries a second of that.
    """
    world, starts = World(until=60), []

    def step():
        starts.append(world.now)
        raise unwelcome()

    Loop(
        step,
        0.0,
        after_trouble=2.0,
        stop=world.stop,
        sleep=world.sleep,
        now=lambda: world.now,
        spread=lambda low, high: 1.0,
    ).run()

    assert starts == [0, 20, 40]
