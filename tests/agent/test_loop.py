import logging

import pytest

from agent.broker import BrokerError
from agent.loop import run


class World:
    """
    A clock that sleeping moves, and an end.
    """

    def __init__(self, until):
        self.now = 0.0
        self.until = until

    def run(self, step):
        run(step, 10.0, stop=self.stop, sleep=self.sleep, now=lambda: self.now, spread=lambda low, high: 1.0)

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
    run(lambda: None, 10.0, stop=world.stop, sleep=world.sleep, now=lambda: world.now, spread=spread)

    assert ranges == [(0.9, 1.1)]
    assert world.now == pytest.approx(11.0)
