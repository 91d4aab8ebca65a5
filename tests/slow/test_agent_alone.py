"""
One agent at a time, one stack at a time without the others waiting, and a quick end when it is asked for.
"""

import signal
import time
from contextlib import contextmanager

import pytest

from tests.support.agent_process import running, within
from tests.support.faults import answered, slow
from tests.support.faulty_proxy import proxied_cluster
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

CHANGES = "POST|PUT|PATCH|DELETE"
NO_LEASE = r"^(?!.*/leases)"
OBJECTS = "/configmaps/"
EVERYTHING = "/"


@pytest.fixture
def scene(broker, kube, tmp_path):
    with a_scene(broker, kube, tmp_path) as scene:
        yield scene


@contextmanager
def a_second_agent(scene, kube, folder):
    """
    Of the same identity on a disk of its own; `.cluster` is the proxy that it alone uses.
    """
    folder.mkdir()
    kubeconfig = folder / "second.kubeconfig"
    with proxied_cluster(kube.kubeconfig, kubeconfig) as cluster:
        agent = scene.new_agent(folder, kubeconfig_path=str(kubeconfig))
        agent.cluster = cluster
        with running(agent):
            yield agent


def lease(scene):
    return scene.ask("GET", scene.lease).body["spec"]


def changes(proxy, since=0.0):
    return proxy.asked(NO_LEASE, CHANGES, since)


def test_the_second_of_two_agents_waits_says_so_and_goes_on_where_the_first_fell_silent(scene, kube, tmp_path):
    """
    The first is stopped in its tracks and comes back: it must not go on with what it knew before the other's work.
    """
    stack_id = scene.new_stack()
    scene.agent.start()
    scene.deploy(stack_id, "always", "at-first")

    with a_second_agent(scene, kube, tmp_path / "second") as second:
        within(10, lambda: second.said("another agent of this identity is at work; waiting"))
        scene.deploy(stack_id, "always", "at-first", "before")
        idle = changes(second.cluster)
        scene.agent.process.send_signal(signal.SIGSTOP)
        within(45, lambda: second.said("at work"))
        scene.deploy(stack_id, "always", "meanwhile")
        scene.agent.process.send_signal(signal.SIGCONT)
        since = time.monotonic()
        within(10, lambda: scene.agent.said("another agent of this identity is at work; waiting"))
        time.sleep(2)
        silent = changes(scene.cluster, since)
        second.stop()
    scene.deploy(stack_id, "always", "at-last")

    assert idle == silent == []
    assert scene.uids().keys() == {"always", "at-last"}


def test_a_signal_hands_over_at_once(scene, kube, tmp_path):
    stack_id = scene.new_stack()
    scene.agent.start()
    scene.deploy(stack_id, "one")

    with a_second_agent(scene, kube, tmp_path / "second") as second:
        within(10, lambda: second.said("another agent of this identity is at work; waiting"))
        scene.agent.stop()
        left = time.monotonic()
        within(10, lambda: second.said("at work"))
        took = time.monotonic() - left
        scene.deploy(stack_id, "two")

    assert took < 3
    assert scene.uids().keys() == {"two"}


def test_a_signal_in_the_middle_of_an_apply_ends_the_agent_within_ten_seconds(scene):
    stack_id, names = scene.new_stack(), {f"c-{number}" for number in range(40)}
    scene.agent.start()
    scene.deploy(stack_id, "one")

    scene.cluster.when(f"{OBJECTS}c-.*fieldValidation=Ignore$", slow(1.5), method="PATCH")
    pushed = scene.push(stack_id, *names)
    within(10, lambda: scene.cluster.asked("inventory-", "PATCH"))
    time.sleep(1)
    started = time.monotonic()
    code = scene.agent.stop(15)
    took, half_way = time.monotonic() - started, scene.uids().keys()
    scene.cluster.heal()
    scene.agent.start()
    scene.await_outcome(pushed, "SUCCESS", 60)

    assert (code, took < 10) == (0, True)
    assert "one" in half_way
    assert scene.uids().keys() == names


def test_a_signal_while_the_broker_hangs_ends_the_agent_within_ten_seconds(scene):
    """
    What is to be reported still is on disk, and waits there.
    """
    stack_id = scene.new_stack()
    scene.agent.start()
    scene.deploy(stack_id, "one")

    scene.broker.when("/events", slow(30))
    pushed = scene.push(stack_id, "two")
    within(10, lambda: scene.uids().keys() == {"two"})
    time.sleep(0.5)
    started = time.monotonic()
    code = scene.agent.stop(40)
    took = time.monotonic() - started
    scene.broker.heal()
    scene.agent.start()
    scene.await_outcome(pushed, "SUCCESS")

    assert (code, took < 10) == (0, True)


def test_a_signal_while_the_api_server_hangs_ends_the_agent_within_ten_seconds(scene):
    stack_id = scene.new_stack()
    scene.agent.start()
    scene.deploy(stack_id, "one")

    scene.cluster.when(EVERYTHING, slow(60))
    scene.push(stack_id, "two")
    time.sleep(2)
    started = time.monotonic()
    code = scene.agent.stop(40)
    took = time.monotonic() - started

    assert (code, took < 10) == (0, True)


def test_the_lease_is_given_back_at_the_end(scene):
    scene.agent.start()
    within(10, lambda: scene.agent.said("at work"))
    held = lease(scene)["holderIdentity"]

    scene.agent.stop()

    assert held
    assert not lease(scene).get("holderIdentity")


def test_a_slow_stack_and_a_broken_one_delay_no_other(scene):
    slow_stack, broken_stack, fast_stack = scene.new_stack(), scene.new_stack(), scene.new_stack()
    scene.agent.start()
    scene.deploy(fast_stack, "fast")

    scene.cluster.when(f"{OBJECTS}slow-", slow(2), method="PATCH")
    scene.cluster.when(f"{OBJECTS}broken", answered(500, b'{"message": "no luck"}'), method="PATCH")
    slowly = scene.push(slow_stack, *(f"slow-{number}" for number in range(8)))
    broken = scene.push(broken_stack, "broken")
    within(10, lambda: scene.cluster.asked(f"{OBJECTS}slow-"))
    started = time.monotonic()
    scene.deploy(fast_stack, "fast", "faster")
    took = time.monotonic() - started
    was = scene.outcome(slowly)
    scene.await_outcome(broken, "FAILURE")
    scene.await_outcome(slowly, "SUCCESS", 40)

    assert took < 2
    assert was is None
