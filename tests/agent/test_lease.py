from datetime import UTC, datetime

import pytest

from agent.lease import Lease, holder_of
from tests.support.bundles import AGENT
from tests.support.house import Clock
from tests.support.tiny_api import TinyApi

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATH = f"/apis/coordination.k8s.io/v1/namespaces/brokkr-system/leases/brokkr-agent-{AGENT}"


class Two:
    """
    Two agents of one identity at one API server.
    """

    def __init__(self):
        self.api, self.clock = TinyApi(), Clock()
        self.first, self.second = self.agent("first"), self.agent("second")

    def agent(self, holder):
        place = {"namespace": "brokkr-system", "agent_id": AGENT}
        return Lease(self.api, **place, holder=holder, clock=self.clock, now=lambda: NOON)

    @property
    def holders(self):
        return [lease.holder for lease in (self.first, self.second) if lease.is_held()]


def test_one_works_and_the_other_waits():
    two = Two()

    for _ in range(20):
        two.first.renew()
        two.second.renew()
        assert two.holders == ["first"]
        two.clock.now += 10

    assert two.second.other == "first"


def test_whoever_gets_it_is_told_before_it_is_at_work_and_only_then():
    """
    What it knew of the cluster may be of before another's time.
    """
    two, told = Two(), []
    lease = Lease(
        two.api,
        namespace="brokkr-system",
        agent_id=AGENT,
        holder="third",
        clock=two.clock,
        now=lambda: NOON,
        before_work=lambda: told.append(lease.is_held()),
    )

    for _ in range(3):
        lease.renew()
    two.clock.now += 60
    lease.renew()

    assert told == [False, False]


def test_keeping_it_costs_one_request():
    two = Two()
    two.first.renew()
    two.api.asked.clear()

    two.first.renew()

    assert two.api.asked == [("PUT", PATH)]


def test_one_that_dies_is_succeeded_when_its_lease_has_run_out_and_never_before():
    two = Two()
    two.first.renew()
    seen = []
    for _ in range(50):
        two.second.renew()
        seen.append(two.holders)
        two.clock.now += 1

    assert seen[0] == ["first"]
    assert all(len(holders) <= 1 for holders in seen)
    assert seen.index(["second"]) == 31


def test_one_that_comes_back_from_a_long_sleep_finds_that_it_has_lost_it():
    two = Two()
    two.first.renew()
    for _ in range(40):
        two.second.renew()
        two.clock.now += 1

    two.first.renew()

    assert two.holders == ["second"]


def test_an_api_server_that_is_away_costs_it_in_the_end():
    two = Two()
    two.first.renew()
    two.clock.now += 28

    assert two.holders == []


def test_what_is_given_back_is_taken_at_once():
    two = Two()
    two.first.renew()
    two.first.release()

    two.second.renew()

    assert two.holders == ["second"]


def test_two_that_reach_for_it_at_once_do_not_both_get_it():
    two = Two()
    two.first.renew()
    two.first.release()
    stale = two.agent("stale")
    stale._mine = dict(two.api.objects[PATH])
    two.second.renew()

    stale.renew()

    assert (two.holders, stale.is_held()) == (["second"], False)


def test_without_its_namespace_it_makes_it():
    class Empty(TinyApi):
        def _post(self, path, body):
            if path.endswith("/leases") and "/api/v1/namespaces/brokkr-system" not in self.objects:
                return self._get("/nowhere", None)
            return super()._post(path, body)

    lease = Lease(Empty(), namespace="brokkr-system", agent_id=AGENT, holder="me", clock=Clock(), now=lambda: NOON)

    lease.renew()

    assert lease.is_held()


def test_a_restart_on_the_same_disk_is_the_same_holder_and_a_twin_beside_it_is_another(tmp_path):
    """
    Who has the disk to itself need not wait for the lease of the process that died on it.
    """
    first = holder_of(tmp_path)
    twin = holder_of(tmp_path)

    assert first != twin
    assert (tmp_path / "holder").read_text() == first


@pytest.mark.parametrize("folder", [None, "fresh"])
def test_without_a_past_it_is_somebody_new(folder, tmp_path):
    where = [tmp_path / f"{folder}-{n}" if folder else None for n in range(2)]

    assert holder_of(where[0]) != holder_of(where[1])
