import json
from datetime import UTC, datetime

import httpx
import pytest

from agent.apiserver import ClusterUnreachable, Refused
from agent.broker import Broker, BrokerError, Identity, Standing
from agent.health import answer
from agent.memory import Memory
from agent.pulse import Pulse, Vitals
from tests.support.bundles import AGENT
from tests.support.house import Clock
from tests.support.tiny_broker import TinyBroker

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Renewable:
    trouble = None
    other = None

    def renew(self):
        if self.trouble:
            raise self.trouble


@pytest.fixture
def tiny():
    return TinyBroker()


@pytest.fixture
def vitals():
    return Vitals()


@pytest.fixture
def lease():
    return Renewable()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory():
    return Memory(None, owner=())


@pytest.fixture
def pulse(tiny, vitals, lease, clock, memory):
    broker = Broker("http://broker", "a_b_c", transport=tiny)
    me = Identity(AGENT, "INACTIVE")
    return Pulse(me, ("a", "b"), broker, lease=lease, vitals=vitals, memory=memory, now=lambda: NOON, clock=clock)


def test_a_heartbeat_brings_our_status_back(pulse, tiny, vitals):
    seen = []
    for tiny.status in ("INACTIVE", "ACTIVE", "active"):
        pulse.heartbeat()
        seen.append(vitals.is_active)

    assert seen == [False, True, False]


def looked_up(tiny, pulse):
    """
    Whether this heartbeat reads our own row.
    """
    tiny.requests.clear()
    pulse.heartbeat()
    return "/agents/" in tiny.requests


def test_an_active_agent_that_polls_tell_its_status_looks_itself_up_once_in_ten_minutes(pulse, tiny, clock):
    pulse.heartbeat()
    looks = []

    for clock.now in (10, 20, 599, 600, 610, 1200):
        pulse.heed(Standing("ACTIVE", 0))
        looks.append(looked_up(tiny, pulse))

    assert looks == [False, False, False, True, False, True]


def test_where_a_poll_says_nothing_the_next_heartbeat_asks(pulse, tiny):
    """
    Another broker of the contract never says it, and a poll that fails does not.
    """
    pulse.heartbeat()
    pulse.heed(Standing("ACTIVE", 0))
    told = looked_up(tiny, pulse)

    pulse.heed(Standing())

    assert (told, looked_up(tiny, pulse), looked_up(tiny, pulse)) == (False, True, True)


def test_a_poll_ends_our_being_active_and_a_heartbeat_begins_it(pulse, tiny, vitals, memory):
    pulse.heartbeat()
    pulse.heed(Standing("INACTIVE", 0))
    ended, kept = vitals.is_active, memory.identity
    pulse.heed(Standing("ACTIVE", 0))
    not_begun = vitals.is_active

    pulse.heartbeat()

    assert (ended, not_begun, vitals.is_active) == (False, False, True)
    assert (kept, memory.identity) == (Identity(AGENT, "INACTIVE"), Identity(AGENT, "ACTIVE"))


def test_an_agent_that_is_known_by_its_names_no_more_says_so_until_it_is(pulse, tiny, vitals, clock):
    """
    An admin gave it another name: it goes on working, and its log and its health tell of it.
    """
    pulse.heartbeat()
    pulse.heed(Standing("ACTIVE", 0))
    tiny.trouble = {"/agents/": httpx.Response(404, json={"message": "no such agent"})}
    clock.now = 600

    for _ in range(2):
        with pytest.raises(BrokerError, match="no such agent"):
            pulse.heartbeat()

    assert (vitals.is_active, vitals.broker_connected) == (True, False)
    tiny.trouble = {}
    pulse.heartbeat()
    assert vitals.broker_connected


def test_before_the_first_heartbeat_we_live_and_are_not_ready(vitals):
    statuses = [answer(path, vitals, uptime=1.5)[0] for path in ("/healthz", "/readyz", "/health", "/other")]

    assert statuses == [200, 503, 503, 404]


def test_with_both_there_we_are_healthy(pulse, vitals):
    pulse.probe()
    pulse.heartbeat()

    status, body, _ = answer("/health", vitals, uptime=1.5)

    assert (status, answer("/readyz", vitals, uptime=1.5)[:2]) == (200, (200, b"Ready"))
    report = json.loads(body)
    assert (report["status"], report["uptime_seconds"]) == ("healthy", 1)
    assert report["broker"] == {"connected": True, "last_heartbeat": NOON.isoformat()}


def test_without_the_cluster_we_still_beat_and_say_so(pulse, vitals, lease):
    lease.trouble = ClusterUnreachable("away")

    with pytest.raises(ClusterUnreachable):
        pulse.probe()
    pulse.heartbeat()

    assert answer("/readyz", vitals, uptime=1.5)[:2] == (503, b"Kubernetes API unavailable")
    assert json.loads(answer("/health", vitals, uptime=1.5)[1])["kubernetes"] == {"connected": False, "error": "away"}
    assert vitals.broker_connected


def test_a_cluster_that_refuses_is_one_that_answers(pulse, vitals, lease):
    lease.trouble = Refused("leases is forbidden")

    with pytest.raises(Refused):
        pulse.probe()

    assert answer("/readyz", vitals, uptime=1.5)[0] == 200


def test_without_the_broker_we_are_ready_and_keep_our_status(pulse, tiny, vitals):
    pulse.probe()
    pulse.heartbeat()
    tiny.trouble = {"/heartbeat": httpx.ConnectError("refused")}

    with pytest.raises(BrokerError):
        pulse.heartbeat()

    assert (vitals.is_active, vitals.broker_connected) == (True, False)
    assert answer("/readyz", vitals, uptime=1.5)[0] == 200
    assert answer("/health", vitals, uptime=1.5)[0] == 503


def test_prometheus_is_told_by_the_contracts_names(pulse, vitals):
    pulse.heartbeat()

    status, body, content_type = answer("/metrics", vitals, uptime=1.5)

    assert (status, content_type.split(";")[0]) == (200, "text/plain")
    for name in (
        "poll_requests_total",
        "poll_duration_seconds",
        "kubernetes_operations_total",
        "kubernetes_operation_duration_seconds",
        "heartbeat_sent_total",
        "last_successful_poll_timestamp",
    ):
        assert f"# TYPE brokkr_agent_{name.removesuffix('_total')}".encode() in body


def test_another_agent_at_work_is_trouble_of_the_probe_and_none_of_the_clusters(pulse, lease, vitals):
    """
    Trouble is looked at again after a second: the end of the other one is seen soon.
    """
    lease.other = "another"

    with pytest.raises(Refused, match="another agent of this identity is at work: another"):
        pulse.probe()

    assert vitals.kubernetes_error is None
