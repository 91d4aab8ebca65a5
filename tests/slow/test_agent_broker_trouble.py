"""
A real agent whose broker fails in every way that a broker can: in none is anything deleted.
"""

import shutil
import time
from contextlib import contextmanager

import pytest

from tests.support.agent_process import within
from tests.support.faults import answered, half_an_answer, html, lost_answer, no_answer, rewritten, slow
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

POLL = "/target-state"
TEXT = "/deployment-objects/"
EVENTS = "/events"
EVERYTHING = "/"


@pytest.fixture(scope="module")
def scene(broker, kube, tmp_path_factory):
    with a_scene(broker, kube, tmp_path_factory.mktemp("scene")) as scene:
        scene.stack = scene.new_stack()
        scene.agent.start()
        yield scene


@pytest.fixture(autouse=True)
def deployed(scene):
    """
    Two objects in the cluster; whatever the trouble was, it is over at the end.
    """
    scene.deploy(scene.stack, "one", "two", value=str(time.monotonic()))
    yield
    scene.broker.heal()


@contextmanager
def broker_away(broker, scene):
    """
    Dead: the server and its store.
    """
    broker.kill()
    yield
    broker.start()
    scene.broker.upstream = broker.url


def await_requests(scene, number, path):
    since = time.monotonic()
    within(30, lambda: len(scene.broker.asked(path, since=since)) >= number)


def deletions(scene, since):
    return [one.path for one in scene.cluster.asked(scene.config_maps, "DELETE", since)]


@pytest.mark.parametrize(
    "fault",
    [
        answered(403, b'{"code": "forbidden", "message": "no"}'),
        answered(404, b'{"code": "agent_not_found", "message": "no"}'),
        answered(500, b'{"code": "internal_error", "message": "oh"}'),
        html(),
        html(502),
        half_an_answer(),
        no_answer(),
        rewritten(b"[]"),
        rewritten(b"null"),
        rewritten(b'[{"id": "1"}]'),
        answered(200),
        answered(204),
    ],
    ids=["403", "404", "500", "html", "html 502", "half", "dropped", "empty list", "null", "torn row", "empty", "204"],
)
def test_no_answer_of_a_broker_deletes_anything(scene, fault):
    before, since = scene.uids(), time.monotonic()

    scene.broker.when(EVERYTHING, fault)
    await_requests(scene, 3, POLL)
    during = scene.uids()
    scene.broker.heal()
    scene.deploy(scene.stack, "one", "two", "three")

    assert during == before
    assert scene.uids().keys() == {"one", "two", "three"}
    assert deletions(scene, since) == []


def test_a_401_stops_work_is_said_and_is_asked_about_slowly(scene):
    """
    A PAK that was rotated, or an agent that was deleted: somebody may have meant that this agent ends.
    """
    scene.broker.when(EVERYTHING, answered(401, b'{"code": "unauthorized", "message": "who?"}'))
    within(10, lambda: scene.agent.said("waiting", reason="401", step="poll"))

    since = time.monotonic()
    scene.ask("DELETE", f"{scene.config_maps}/one")
    time.sleep(3)
    during, polls = scene.uids(), scene.broker.asked(POLL, since=since)
    scene.broker.heal()
    within(10, lambda: scene.uids().keys() == {"one", "two"})

    assert during.keys() == {"two"}
    assert len(polls) <= 2
    assert scene.agent.process.poll() is None


def test_reports_wait_for_a_broker_that_does_not_know_us_without_hammering_it(scene):
    scene.broker.when(EVENTS, answered(401, b'{"code": "unauthorized", "message": "who?"}'))
    pushed = scene.push(scene.stack, "one", "two", "late")
    await_requests(scene, 1, EVENTS)

    since = time.monotonic()
    time.sleep(2)
    tries = scene.broker.asked(EVENTS, since=since)
    scene.broker.heal()

    assert len(tries) <= 2
    scene.await_outcome(pushed, "SUCCESS")


def test_a_broker_that_wants_to_be_left_alone_is(scene):
    since = time.monotonic()
    scene.broker.when(POLL, answered(429, b'{"code": "slow_down", "message": "later"}', Retry_After=2))
    await_requests(scene, 2, POLL)

    refused = [one.at for one in scene.broker.asked(POLL, since=since) if one.status == 429]

    assert refused[1] - refused[0] >= 1.7


def test_an_answer_that_is_older_than_before_is_refused_and_reported(scene):
    """
    A broker that was restored from a backup, or lies: rolling back is for somebody to push.
    """
    answer = scene.me.poll()
    older = answer.json()[0]["id"]
    scene.deploy(scene.stack, "one", "three")
    before = scene.uids()

    scene.broker.when(POLL, rewritten(answer.body))
    scene.await_outcome(older, "FAILURE")
    scene.agent.kill()
    scene.agent.start()
    await_requests(scene, 3, POLL)
    during, said = scene.uids(), scene.message(older)
    scene.broker.heal()
    scene.deploy(scene.stack, "one", "two", "three")

    assert "is older than" in said
    assert during == before


@pytest.mark.parametrize(
    "fault",
    [half_an_answer(), html(), rewritten(b'{"yaml_content": ""}'), answered(500), no_answer()],
    ids=["half", "html", "another text", "500", "dropped"],
)
def test_a_text_that_cannot_be_had_changes_nothing(scene, fault):
    before = scene.uids()

    scene.broker.when(TEXT, fault)
    pushed = scene.push(scene.stack, "three")
    await_requests(scene, 3, TEXT)
    during = scene.uids()
    scene.broker.heal()
    scene.await_outcome(pushed, "SUCCESS")

    assert during == before
    assert scene.uids().keys() == {"three"}


@pytest.mark.parametrize(
    "fault",
    [answered(500), answered(429, Retry_After=1), html(502), no_answer(), lost_answer()],
    ids=["500", "429", "html", "dropped", "heard but not answered"],
)
def test_reports_that_cannot_be_sent_wait_on_disk_and_arrive_once(scene, fault):
    """
    The agent forgets what it said of earlier revisions when it dies: only its disk can tell of them.
    """
    scene.broker.when(EVENTS, fault)
    earlier = scene.push(scene.stack, "one", "earlier")
    within(10, lambda: "earlier" in scene.uids())
    await_requests(scene, 1, EVENTS)
    later = scene.push(scene.stack, "one", "later")
    within(10, lambda: "later" in scene.uids())
    scene.agent.kill()
    scene.broker.heal()
    scene.agent.start()

    scene.await_outcome(later, "SUCCESS")
    scene.await_outcome(earlier, "SUCCESS")
    said = [event["deployment_object_id"] for event in scene.events() if event["status"] == "SUCCESS"]

    assert (said.count(earlier), said.count(later)) == (1, 1)


def test_half_a_minute_without_a_broker_stops_no_healing_also_after_a_restart(broker, scene):
    with broker_away(broker, scene):
        scene.ask("DELETE", f"{scene.config_maps}/one")
        within(10, lambda: scene.uids().keys() == {"one", "two"})
        time.sleep(25)
        scene.agent.kill()
        scene.ask("DELETE", f"{scene.config_maps}/two")
        scene.agent.start()
        within(10, lambda: scene.uids().keys() == {"one", "two"})
        time.sleep(3)
        during = scene.uids()
    scene.deploy(scene.stack, "one", "two", "three")

    assert during.keys() == {"one", "two"}
    assert scene.agent.said("the broker is away; going on as before")


def test_an_agent_that_was_never_known_waits_for_its_broker(broker, scene):
    scene.agent.stop()
    shutil.rmtree(scene.agent.disk)

    with broker_away(broker, scene):
        scene.agent.start()
        within(10, lambda: scene.agent.said("waiting for the broker"))
        during = scene.uids()
    scene.deploy(scene.stack, "one", "two", "three")

    assert during.keys() == {"one", "two"}


def test_a_slow_broker_delays_no_healing(scene):
    scene.broker.when(EVERYTHING, slow(4))
    await_requests(scene, 1, EVERYTHING)
    time.sleep(0.5)

    scene.ask("DELETE", f"{scene.config_maps}/one")

    within(3, lambda: scene.uids().keys() == {"one", "two"})
