from agent.dispatch import LANES, Dispatcher
from tests.support.house import Clock


class Job:
    def __init__(self, id):
        self.id = id
        self.due_at = 0.0
        self.is_busy = False
        self.is_finished = False

    def work(self):
        self.due_at = float("inf")

    def finish(self):
        self.is_busy = False
        self.is_finished = True


class World:
    """
    Work that begins, and goes on until it is let end.
    """

    def __init__(self, jobs):
        self.jobs = [Job(str(n)) for n in range(jobs)]
        self.clock, self.begun, self.is_open = Clock(), [], True
        may = lambda: self.is_open  # noqa: E731 - read each time
        self.dispatcher = Dispatcher(lambda: self.jobs, may, start=self.begun.append, clock=self.clock)


def test_a_few_begin_at_a_time_and_each_that_ends_makes_room():
    world = World(LANES + 2)
    world.dispatcher.start_due()
    first = len(world.begun)
    world.begun[0]()
    world.dispatcher.start_due()

    assert (first, len(world.begun)) == (LANES, LANES + 1)
    assert world.jobs[0].is_finished


def test_stacks_that_are_slow_give_up_their_lanes():
    world = World(LANES + 2)
    world.dispatcher.start_due()
    world.clock.now = 6.0

    world.dispatcher.start_due()

    assert len(world.begun) == LANES + 2


def test_no_stack_works_twice_at_once():
    world = World(1)

    world.dispatcher.start_due()
    world.dispatcher.start_due()

    assert len(world.begun) == 1


def test_who_may_not_work_begins_nothing():
    world = World(1)
    world.is_open = False

    world.dispatcher.start_due()

    assert world.begun == []


def test_the_end_waits_for_what_is_at_work():
    world = World(1)
    world.dispatcher.start_due()
    world.begun[0]()

    assert world.dispatcher.settles_within(0.0)
