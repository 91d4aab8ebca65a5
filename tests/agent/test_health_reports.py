"""
What the broker hears of health, and when: from what is applied and what the watches show.
"""

import httpx
import pytest

from agent.broker import BrokerError, BrokerRefused
from agent.refs import Ref
from tests.support.bundles import STACK
from tests.support.house import House, text_of
from tests.support.statuses import a_deployment, a_pod, a_replica_set, waiting

WEB = Ref("apps", "Deployment", "default", "web", "v1")
READY = a_deployment()["status"]
MOVING = {**READY, "readyReplicas": 0, "availableReplicas": 0}
OTHER = "50000000-0000-4000-8000-000000000002"


def deployment_text(image="app:1", annotations="{}"):
    spec = f"{{replicas: 2, template: {{spec: {{containers: [{{name: main, image: '{image}'}}]}}}}}}"
    return f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, annotations: {annotations}}}\nspec: {spec}\n"


def show(house, status, ref=WEB):
    house.lookout.saw(ref, *house.cluster.set_status(ref, status))


def told(house):
    """
    What the broker was told since it was last looked at: id, status, conditions.
    """
    records = [record for batch in house.broker.health for record in batch]
    house.broker.health.clear()
    return [(record["id"], record["status"], record["summary"]["conditions"]) for record in records]


def report(house):
    house.health.report_health()
    return told(house)


@pytest.fixture
def house():
    """
    A Deployment that is applied, and of which nothing was seen yet.
    """
    house = House()
    house.first = house.broker.push(deployment_text())
    house.poll()
    return house


def test_what_has_no_health_is_healthy_once_it_is_applied():
    house = House()
    pushed = house.push("one")
    before = report(house)
    house.poll()
    house.note_health()

    assert (before, report(house)) == ([], [(pushed, "healthy", [])])


def test_a_workload_comes_up_and_is_healthy(house):
    applied = report(house)
    show(house, MOVING)
    moving = report(house)
    show(house, READY)

    assert (applied, moving) == ([], [(house.first, "unknown", ["Progressing"])])
    assert report(house) == [(house.first, "healthy", [])]


def test_what_is_not_seen_for_a_while_is_told_as_such(house):
    at_once = report(house)
    house.clock.now += 3

    assert (at_once, report(house)) == ([], [(house.first, "unknown", ["Progressing"])])


def test_a_healthy_stack_whose_agent_is_started_again_does_not_look_as_if_it_were_coming_up(tmp_path):
    house = House(tmp_path)
    first = house.broker.push(deployment_text())
    house.poll()
    show(house, READY)
    before = report(house)
    again = house.restarted()
    again.poll()
    unseen = report(again)
    show(again, READY)

    assert (before, unseen) == ([(first, "healthy", [])], [])
    assert report(again) == before


def test_what_changes_nothing_is_told_only_with_everything_at_the_interval(house):
    show(house, READY)
    first = report(house)
    show(house, READY)
    house.note_health()
    quiet = report(house)
    house.clock.now += 61

    assert (len(first), quiet) == (1, [])
    assert report(house) == first


def test_a_new_revision_is_told_of_when_its_pass_has_ended_and_inherits_nothing(house):
    show(house, READY)
    report(house)
    second = house.broker.push(deployment_text("app:2"))
    house.deployer.poll()
    house.note_health()
    before = report(house)
    house.work()
    house.note_health()
    applied = report(house)
    house.clock.now += 3
    unseen = report(house)
    show(house, READY)

    assert before == applied == []
    assert unseen == [(second, "unknown", ["Progressing"])]
    assert report(house) == [(second, "healthy", [])]


def test_a_revision_that_leaves_a_workload_alone_counts_it_as_it_is(house):
    show(house, READY)
    report(house)
    second = house.broker.push(f"{deployment_text()}---\n{text_of('one')}")
    house.poll()
    house.note_health()

    assert report(house) == [(second, "healthy", [])]


def test_a_revision_that_could_not_be_applied_has_no_health_and_neither_has_the_one_before(house):
    show(house, READY)
    report(house)
    house.cluster.refuses.add("bad")
    house.broker.push(f"{deployment_text()}---\n{text_of('bad')}")
    house.poll()
    house.note_health()
    house.clock.now += 61

    assert report(house) == []


def test_a_stack_that_is_removed_is_spoken_of_no_more(house):
    show(house, READY)
    report(house)
    house.broker.push("", marker=True)
    house.poll()
    house.clock.now += 61

    assert report(house) == []


def test_what_another_agent_may_have_changed_meanwhile_is_not_known(house):
    show(house, READY)
    house.term += 1
    between = report(house)
    house.deployer.doubt_everything()
    house.work()
    house.note_health()
    show(house, READY)

    assert (between, report(house)) == ([], [(house.first, "healthy", [])])


def test_an_object_that_is_gone_is_missed_unless_it_is_to_be_left_alone():
    missed, left_alone = House(), House()
    missed.broker.push(deployment_text())
    left_alone.broker.push(deployment_text(annotations="{brokkr.io/drift: ignore}"))
    statuses = []
    for house in (missed, left_alone):
        house.poll()
        show(house, READY)
        del house.cluster.objects[WEB]
        house.lookout.saw(WEB, *house.cluster.shown(WEB))
        statuses += [status for _, status, _ in report(house)]

    assert statuses == ["unknown", "healthy"]


def test_of_two_stacks_that_ask_for_an_object_the_one_that_has_it_answers_for_it(house):
    show(house, MOVING)
    report(house)
    second = house.broker.push(deployment_text(), stack=OTHER)
    house.poll()
    show(house, MOVING)

    assert sorted(report(house)) == sorted([(house.first, "healthy", []), (second, "unknown", ["Progressing"])])


def test_pods_are_followed_while_a_workload_is_not_all_there_and_their_faults_are_told(house):
    show(house, MOVING)
    report(house)
    book = house.pods._books["default"]
    uid = house.cluster.objects[WEB][0]
    pod = a_pod(phase="Pending", ready=False, containers=[waiting("ImagePullBackOff")])
    book.saw(Ref("", "Pod", "default", "web-1", "v1"), pod, "9")
    book.saw(Ref("apps", "ReplicaSet", "default", "web", "v1"), a_replica_set(owner=uid, revision=""), "9")
    faulty = report(house)
    show(house, READY)
    mended = report(house)
    house.clock.now += 61
    report(house)

    assert faulty == [(house.first, "degraded", ["ImagePullBackOff", "Progressing"])]
    assert mended == [(house.first, "healthy", [])]
    assert house.pods._books == {}


def test_an_agent_that_may_not_work_says_nothing(house):
    house.may_report = False
    show(house, READY)
    silent = report(house)
    house.may_report = True

    assert (silent, report(house)) == ([], [(house.first, "healthy", [])])


def test_a_report_that_fails_is_made_anew_by_what_is_true_then(house):
    house.broker.trouble = {"/health-status": httpx.ConnectError("away")}
    show(house, MOVING)
    with pytest.raises(BrokerError):
        house.health.report_health()
    show(house, READY)
    house.broker.trouble = {}

    assert report(house) == [(house.first, "healthy", [])]


def test_a_broker_that_takes_no_health_is_asked_again_only_at_the_interval(house):
    show(house, READY)
    house.broker.trouble = {"/health-status": httpx.Response(404, json={"message": "not found"})}
    with pytest.raises(BrokerRefused):
        house.health.report_health()
    house.broker.trouble = {}
    soon = report(house)
    house.clock.now += 61

    assert soon == []
    assert report(house) == [(house.first, "healthy", [])]


def test_one_record_that_the_broker_will_not_have_does_not_take_the_others_with_it():
    house = House()
    pushed = [house.push(f"c-{number}", stack=f"50000000-0000-4000-8000-{number:012}") for number in range(130)]
    house.poll()
    for _ in range(20):
        house.work()
    house.broker.unheard_of = {pushed[7]}

    house.health.report_health()

    sizes = [len(batch) for batch in house.broker.health]
    assert {id for id, _, _ in told(house)} == set(pushed) - {pushed[7]}
    assert max(sizes) <= 100
    assert report(house) == []


def test_only_another_word_or_another_object_is_a_line_of_the_log(house, caplog):
    caplog.set_level("INFO")
    for status in (MOVING, {**MOVING, "readyReplicas": 1}, READY):
        show(house, status)
        report(house)

    lines = [line.fields for line in caplog.records if line.message == "health"]

    assert [(line["object"], line["status"]) for line in lines] == [(house.first, "unknown"), (house.first, "healthy")]


def test_a_record_says_when_it_was_true(house):
    show(house, READY)
    house.health.report_health()

    ((record,),) = house.broker.health
    assert record["checked_at"] == "2026-11-24T12:00:00+00:00"
    assert record["id"] == house.broker.objects[STACK]["id"]
