import json

import pytest

from agent.apiserver import ClusterUnreachable, Refused
from agent.buffer import Buffer
from agent.follower import Follower
from agent.loglines import Source
from agent.tails import log_path
from tests.support.bundles import STACK
from tests.support.house import Clock
from tests.support.pods import SHOP, pod
from tests.support.tiny_api import TinyApi

SOURCE = Source(STACK, "shop", "web", "web-uid", "app")


class Impatient(Follower):
    """
    It notes how long it would have waited, and ends after so many pauses.
    """

    def __init__(self, api, buffer, pauses, *, from_now=False):
        super().__init__(SOURCE, api, buffer, from_now=from_now, clock=Clock())
        self.pauses, self._most = [], pauses
        self._ended.wait = self.wait

    def wait(self, seconds):
        self.pauses.append(seconds)
        self._clock.now += seconds
        if len(self.pauses) == self._most:
            self.end()


class Case:
    def __init__(self, *answers, pauses=1, phase="Running", **how):
        self.api, self.buffer = TinyApi(), Buffer()
        body = pod("web")
        body["status"]["phase"] = phase
        self.api.put(f"{SHOP}/pods/web", body)
        self._answers = list(answers)
        self.opened = []
        self.api.chunks = self.chunks
        self.follower = Impatient(self.api, self.buffer, pauses, **how)

    def chunks(self, path, **_):
        self.opened.append(path)
        for one in self._answers.pop(0):
            if isinstance(one, Exception):
                raise one
            yield f"{one}\n".encode()

    @property
    def words(self):
        return [row["line"] for row in json.loads(self.buffer.take(lambda _: True).body)["lines"]]


def at(second, words):
    return f"2026-11-24T12:00:{second:02}.5Z {words}"


def opened(**start):
    return log_path("shop", "web", "app", **start, follow="true", timestamps="true")


def test_it_goes_on_where_it_was_when_a_connection_ends():
    case = Case([at(1, "a"), at(2, "b")], [at(2, "b"), at(3, "c")], pauses=2)

    case.follower.run()

    assert case.words == ["a", "b", "c"]
    assert case.opened == [opened(), opened(sinceTime="2026-11-24T12:00:02.500000000Z")]


def test_what_was_said_before_is_not_asked_for_by_a_clock_that_is_not_the_nodes():
    case = Case([Refused("not yet")], [Refused("not yet")], [], pauses=3, from_now=True)

    case.follower.run()

    assert case.opened == [opened(sinceSeconds=1), opened(sinceSeconds=3), opened(sinceSeconds=7)]


def test_what_breaks_off_is_asked_again_ever_more_rarely():
    refusals = [[Refused("container is waiting to start")] for _ in range(8)]
    case = Case(*refusals, [ClusterUnreachable("away")], [at(1, "a")], pauses=10)

    case.follower.run()

    assert case.follower.pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60, 1]
    assert case.words == ["a"]


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_is_done_is_left(phase):
    case = Case([at(1, "bye")], phase=phase)

    case.follower.run()

    assert (case.words, case.follower.pauses) == (["bye"], [])


def test_a_pod_that_is_gone_is_left():
    case = Case([at(1, "bye")])
    del case.api.objects[f"{SHOP}/pods/web"]

    case.follower.run()

    assert case.follower.pauses == []


def test_another_pod_of_that_name_is_another():
    case = Case([at(1, "bye")])
    case.api.objects[f"{SHOP}/pods/web"]["metadata"]["uid"] = "younger"

    case.follower.run()

    assert case.follower.pauses == []


def test_a_log_that_is_not_there_yet_is_asked_for_again_as_long_as_its_pod_is():
    case = Case([Refused("the server could not find the requested resource")], [at(1, "a")], pauses=2)

    case.follower.run()

    assert case.words == ["a"]


def test_it_ends_in_the_midst_when_it_is_told_to():
    case = Case([at(1, "a"), at(2, "b")])
    case.api.may_go_on = lambda: len(case.buffer._lines._items) < 1

    case.follower.run()

    assert case.words == ["a"]
