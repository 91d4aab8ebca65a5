import json
from datetime import UTC, datetime

import httpx
import pytest

from agent.broker import Broker, BrokerError, Identity
from agent.health import answer
from agent.pulse import Pulse, Vitals
from agent.reconcile import ClusterUnreachable
from tests.support.bundles import AGENT
from tests.support.tiny_broker import TinyBroker

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Versioned:
    is_away = False

    def version(self):
        if self.is_away:
            raise ClusterUnreachable("away")
        return "v1.36.3"


@pytest.fixture
def tiny():
    return TinyBroker()


@pytest.fixture
def vitals():
    return Vitals()


@pytest.fixture
def cluster():
    return Versioned()


@pytest.fixture
def pulse(tiny, vitals, cluster):
    broker = Broker("http://broker", "a_b_c", transport=tiny)
    return Pulse(Identity(AGENT, "INACTIVE"), ("a", "b"), broker, cluster, vitals, now=lambda: NOON)


def test_a_heartbeat_brings_our_status_back(pulse, tiny, vitals):
    seen = []
    for tiny.status in ("INACTIVE", "ACTIVE", "active"):
        pulse.heartbeat()
        seen.append(vitals.is_active)

    assert seen == [False, True, False]


def test_before_the_first_heartbeat_we_live_and_are_not_ready(vitals):
    statuses = [answer(path, vitals, uptime=1.5)[0] for path in ("/healthz", "/readyz", "/health", "/other")]

    assert statuses == [200, 503, 503, 404]


def test_with_both_there_we_are_healthy(pulse, vitals):
    pulse.heartbeat()

    status, body = answer("/health", vitals, uptime=1.5)

    assert (status, answer("/readyz", vitals, uptime=1.5)) == (200, (200, "Ready"))
    report = json.loads(body)
    assert (report["status"], report["uptime_seconds"]) == ("healthy", 1)
    assert report["broker"] == {"connected": True, "last_heartbeat": NOON.isoformat()}


def test_without_the_cluster_we_still_beat_and_say_so(pulse, vitals, cluster):
    cluster.is_away = True

    pulse.heartbeat()

    assert answer("/readyz", vitals, uptime=1.5) == (503, "Kubernetes API unavailable")
    assert json.loads(answer("/health", vitals, uptime=1.5)[1])["kubernetes"] == {"connected": False, "error": "away"}
    assert vitals.broker_connected


def test_without_the_broker_we_are_ready_and_keep_our_status(pulse, tiny, vitals):
    pulse.heartbeat()
    tiny.trouble = {"/heartbeat": httpx.ConnectError("refused")}

    with pytest.raises(BrokerError):
        pulse.heartbeat()

    assert (vitals.is_active, vitals.broker_connected) == (True, False)
    assert answer("/readyz", vitals, uptime=1.5)[0] == 200
    assert answer("/health", vitals, uptime=1.5)[0] == 503
