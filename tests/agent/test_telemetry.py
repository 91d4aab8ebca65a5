import httpx
import pytest

from agent.broker import Broker, BrokerError
from agent.buffer import Buffer, Item
from agent.kube_events import EVENTS
from agent.telemetry import Telemetry
from tests.support.bundles import AGENT, STACK
from tests.support.house import Clock
from tests.support.tiny_broker import TinyBroker

OTHER = "00000000-0000-4000-8000-00000000000f"


class Ended:
    """
    What it was told to follow, and whether it let go of pods.
    """

    def __init__(self):
        self.kept, self.ends = frozenset(), 0

    def keep(self, wanted):
        self.kept = frozenset(wanted)

    def end(self):
        self.ends += 1


class Telling:
    def __init__(self):
        self.broker, self.buffer, self.clock = TinyBroker(), Buffer(), Clock()
        self.watches = self.pods = Ended()
        self.may_work, self.known = True, {STACK}
        self.telemetry = Telemetry(
            Broker("http://broker", "a_b_c", transport=self.broker),
            AGENT,
            self.buffer,
            self.watches,
            [self.pods],
            followed=[EVENTS],
            is_known=lambda stack_id: stack_id in self.known,
            may_work=lambda: self.may_work,
            clock=self.clock,
        )

    def has(self, words, stack_id=STACK):
        self.buffer.add_line(Item.of(stack_id, "2026-11-24T12:00:00Z", {"line": words}))

    def tell(self, after=10.0):
        self.clock.now += after
        self.telemetry.tell()

    @property
    def sent(self):
        return [[row["line"] for row in body["lines"]] for body in self.broker.telemetry]


def test_what_there_is_to_say_goes_in_one_request_and_nothing_in_none():
    telling = Telling()
    telling.has("a")
    telling.has("b")

    telling.tell()
    telling.tell()

    assert telling.sent == [["a", "b"]]


def test_no_two_requests_are_closer_than_ten_seconds():
    telling = Telling()
    for n in range(25):
        telling.has(str(n))
        telling.tell(after=1.0)

    assert [len(lines) for lines in telling.sent] == [10, 10]


@pytest.mark.parametrize("trouble", [httpx.Response(503), httpx.Response(429, json={"message": "too soon"})])
def test_what_could_not_be_sent_is_kept(trouble):
    telling = Telling()
    telling.has("a")
    telling.broker.trouble = {"/telemetry": trouble}
    with pytest.raises(BrokerError):
        telling.tell()
    telling.broker.trouble = {}
    telling.has("b")

    telling.tell()

    assert telling.sent == [["a", "b"]]


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_what_is_refused_for_good_is_let_go(status, caplog):
    telling = Telling()
    telling.has("a")
    telling.broker.trouble = {"/telemetry": httpx.Response(status, json={"message": "no"})}
    telling.tell()
    telling.broker.trouble = {}

    telling.tell()

    assert telling.sent == []
    assert "telemetry was refused for good" in caplog.text


def test_what_is_of_other_stacks_than_those_refused_is_sent_without_them():
    """
    A stack that was taken back a moment ago must not take the words of all others with it.
    """
    telling = Telling()
    telling.known.add(OTHER)
    telling.has("a")
    telling.has("b", OTHER)
    telling.broker.refuses_telemetry_of = {OTHER}

    telling.tell()
    telling.tell()

    assert telling.sent == [["a"]]
    assert telling.broker.requests.count(f"/agents/{AGENT}/telemetry") == 2


@pytest.mark.parametrize("named", [[OTHER], [STACK], "all", None, 3])
def test_what_is_refused_twice_is_let_go(named):
    telling = Telling()
    telling.has("a")
    refusal = httpx.Response(403, json={"message": "no", "details": {"stack_ids": named}})
    telling.broker.trouble = {"/telemetry": refusal}
    telling.tell()
    telling.broker.trouble = {}

    telling.tell()

    assert telling.sent == []
    assert len(telling.broker.requests) <= 2


def test_an_agent_that_is_not_at_work_follows_nothing_and_says_nothing():
    telling = Telling()
    telling.tell()
    at_work = telling.watches.kept
    telling.has("a")
    telling.may_work = False

    telling.tell()

    assert (at_work, telling.watches.kept, telling.pods.ends) == ({EVENTS}, frozenset(), 1)
    assert telling.sent == []


def test_of_a_stack_that_left_nothing_is_said():
    telling = Telling()
    telling.has("a")
    telling.known = set()

    telling.tell()

    assert telling.broker.telemetry == []


def test_the_body_is_what_the_broker_takes():
    telling = Telling()
    telling.has("a")

    telling.tell()

    assert telling.broker.telemetry == [{"events": [], "lines": [{"stack_id": STACK, "line": "a"}], "gaps": []}]
