import logging

import httpx
import pytest

from agent.broker import BrokerError, Standing
from tests.support.fakes import FakeCluster
from tests.support.house import House, text_of


def test_a_push_is_applied_stamped_and_reported_once():
    house = House()
    pushed = house.broker.push(text_of("one"))

    house.poll()
    house.poll()

    assert house.broker.outcomes == [(pushed, "SUCCESS")]
    assert house.broker.fetched == [pushed]
    ((_, _, body),) = [held for ref, held in house.cluster.objects.items() if ref.name == "one"]
    assert body["metadata"]["labels"] == {"brokkr.io/stack": house.broker.objects.popitem()[0]}
    assert body["metadata"]["annotations"]["brokkr.io/deployment-object-id"] == pushed


def test_the_log_says_when_an_object_is_taken_up_and_when_it_is_deployed(caplog):
    """
    How long the agent itself needs is read from these two lines.
    """
    house = House()
    pushed = house.push("one")

    with caplog.at_level(logging.INFO, "agent"):
        house.poll()
        house.poll()

    said = [record.message for record in caplog.records if record.fields.get("object") == pushed]
    assert said == ["taken up", "deployed"]


def test_the_next_push_prunes_what_it_no_longer_has_also_after_a_restart():
    house = House()
    house.push("one", "two")
    house.poll()
    house.push("two")

    house.restarted().poll()

    assert house.cluster.names == {"two"}


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_blank_deletion_marker_removes_the_stack(text):
    house = House()
    house.broker.push(text_of("one", "two"))
    house.poll()
    marker = house.broker.push(text, marker=True)

    house.poll()

    assert house.cluster.names == set()
    assert house.broker.outcomes[-1] == (marker, "SUCCESS")


def test_a_deletion_marker_with_a_body_is_applied_like_any_object():
    house = House()
    house.broker.push(text_of("one"), marker=True)

    house.poll()

    assert house.cluster.names == {"one"}


def test_a_blank_object_that_is_no_marker_removes_nothing():
    house = House()
    house.broker.push(text_of("one"))
    house.poll()
    blank = house.broker.push("# nothing here\n")

    house.poll()

    assert house.cluster.names == {"one"}
    assert house.broker.outcomes[-1] == (blank, "FAILURE")


TROUBLE = {
    "away": httpx.ConnectError("refused"),
    "hung": httpx.ReadTimeout("hung"),
    "401": httpx.Response(401, json={"message": "no"}),
    "403": httpx.Response(403, json={"message": "no"}),
    "429": httpx.Response(429, json={"message": "slowly"}),
    "500": httpx.Response(500, text="oops"),
    "html": httpx.Response(200, text="<html>"),
    "half": httpx.Response(200, text='[{"id": "a0'),
    "object": httpx.Response(200, json={}),
    "rows": httpx.Response(200, json=[{"id": None}, 3]),
    "null": httpx.Response(200, json=None),
}


@pytest.mark.parametrize("answer", TROUBLE.values(), ids=TROUBLE.keys())
def test_no_answer_of_a_broker_in_trouble_deletes_anything_and_work_goes_on_after_it(answer):
    house = House()
    house.broker.push(text_of("one"))
    house.poll()
    house.broker.push(text_of("two"))
    house.broker.trouble = {"/target-state": answer}

    with pytest.raises(BrokerError):
        house.poll()

    assert house.cluster.names == {"one"}
    house.broker.trouble = {}
    house.poll()
    assert house.cluster.names == {"two"}


def test_an_agent_that_is_told_that_it_is_inactive_takes_up_nothing_until_it_is_active():
    house = House()
    house.push("one")
    house.broker.status = "INACTIVE"
    house.poll()
    inactive = house.cluster.names
    house.broker.status = "ACTIVE"

    house.poll()

    assert (inactive, house.cluster.names) == (set(), {"one"})


@pytest.mark.parametrize("pending", ["", "-1", "many", "1.5"])
def test_headers_that_say_nothing_of_use_are_as_good_as_none(pending):
    house = House()
    headers = {"x-brokkr-agent-status": "", "x-brokkr-pending-diagnostics": pending}
    house.broker.trouble = {"/target-state": httpx.Response(200, json=[], headers=headers)}

    house.poll()

    assert house.standings == [Standing()]


def test_what_stands_beside_an_answer_is_heard_also_where_the_rest_cannot_be_had():
    """
    A text that never comes must not keep anybody from asking why.
    """
    house = House()
    lost = house.push("lost")
    house.broker.ask("d1", lost)
    house.broker.trouble = {lost: httpx.Response(500)}

    with pytest.raises(BrokerError):
        house.poll()

    assert house.standings == [Standing("ACTIVE", 1)]


def test_a_poll_that_fails_says_nothing():
    house = House()
    house.broker.trouble = {"/target-state": httpx.Response(500)}

    with pytest.raises(BrokerError):
        house.poll()

    assert house.standings == [Standing()]


def test_a_stack_that_is_missing_from_an_answer_stays():
    house = House()
    house.broker.push(text_of("one"))
    house.poll()
    house.broker.objects.clear()

    house.poll()
    house.restarted().poll()

    assert house.cluster.names == {"one"}


def test_a_bad_stack_does_not_stop_the_others():
    house = House(cluster=FakeCluster(refuses={"bad"}))
    bad = house.broker.push(text_of("bad"), stack="stack-1")
    broken = house.broker.push("a: [", stack="stack-2")
    good = house.broker.push(text_of("good"), stack="stack-3")

    house.poll()

    assert house.cluster.names == {"good"}
    assert house.broker.outcomes == [(bad, "FAILURE"), (broken, "FAILURE"), (good, "SUCCESS")]
    assert house.broker.events[0]["message"] == "ConfigMap/default/bad: refused"


def test_a_text_that_cannot_be_had_holds_up_its_own_stack_alone():
    house = House()
    lost = house.broker.push(text_of("lost"), stack="stack-1")
    house.broker.push(text_of("good"), stack="stack-2")
    house.broker.trouble = {lost: httpx.Response(200, json={"yaml_content": "kind: Forged"})}

    with pytest.raises(BrokerError, match="does not match its checksum"):
        house.poll()

    assert house.cluster.names == {"good"}
    house.broker.trouble = {}
    house.poll()
    assert house.cluster.names == {"good", "lost"}


def test_a_refused_object_is_tried_again_later_and_reported_when_the_outcome_changes():
    house = House(cluster=FakeCluster(refuses={"one"}))
    pushed = house.broker.push(text_of("one"))
    house.poll()
    house.cluster.refuses.clear()

    house.work(after=1.0)
    assert house.cluster.names == set()
    house.work(after=1.0)

    assert house.cluster.names == {"one"}
    assert house.broker.outcomes == [(pushed, "FAILURE"), (pushed, "SUCCESS")]


def test_the_same_refusal_is_reported_once_and_tried_ever_more_rarely():
    house = House(cluster=FakeCluster(refuses={"one"}))
    house.broker.push(text_of("one"))
    house.poll()
    tries = []
    house.cluster.on_apply = lambda _: tries.append(house.clock.now)
    for _ in range(100):
        house.work(after=1.0)

    assert tries == [2, 6, 14, 30, 62]
    assert len(house.broker.events) == 1


def test_an_unreachable_cluster_is_no_failure_of_the_object():
    house = House()
    pushed = house.broker.push(text_of("one"))
    house.cluster.unreachable = True

    house.poll()
    house.cluster.unreachable = False
    house.work(after=2.0)

    assert house.broker.outcomes == [(pushed, "SUCCESS")]


def test_reports_that_cannot_be_sent_wait_on_disk_and_go_out_in_order(tmp_path):
    house = House(tmp_path)
    house.broker.trouble = {"/events": httpx.Response(503)}
    first = house.broker.push(text_of("one"))
    with pytest.raises(BrokerError):
        house.poll()
    second = house.broker.push(text_of("two"))
    with pytest.raises(BrokerError):
        house.poll()
    house.broker.trouble = {}

    house.restarted().poll()

    assert house.broker.outcomes[:2] == [(first, "SUCCESS"), (second, "SUCCESS")]


def test_a_report_that_is_refused_for_good_does_not_hold_up_the_next():
    house = House()
    house.broker.push(text_of("one"), stack="stack-1")
    house.broker.trouble = {"/events": httpx.Response(422, json={"message": "unknown object"})}
    house.poll()
    house.broker.trouble = {}
    later = house.broker.push(text_of("two"), stack="stack-2")

    house.poll()

    assert house.broker.outcomes == [(later, "SUCCESS")]


def test_a_text_on_disk_is_not_fetched_again_unless_it_was_altered(tmp_path):
    house = House(tmp_path)
    pushed = house.broker.push(text_of("one"))
    house.poll()
    house.restarted().poll()
    assert house.broker.fetched == [pushed]
    (tmp_path / "objects" / pushed).write_text("kind: Forged")

    house.restarted().poll()

    assert house.broker.fetched == [pushed, pushed]
    assert house.cluster.names == {"one"}


def test_after_another_agent_was_at_work_the_inventory_is_read_again_and_all_is_applied_once_more():
    house = House()
    house.push("one")
    house.poll()
    twin = House(broker=house.broker, cluster=house.cluster)
    twin.push("one", "two")
    twin.poll()
    house.push("one")

    house.deployer.doubt_everything()
    house.poll()

    assert house.cluster.names == {"one"}


def test_texts_are_for_nobody_elses_eyes(tmp_path):
    house = House(tmp_path / "data")
    house.push("one")

    house.poll()

    assert (tmp_path / "data" / "objects").stat().st_mode & 0o777 == 0o700


def test_a_pass_that_outlived_its_lease_writes_no_inventory_and_prunes_nothing():
    """
    What it read of the inventory may be another agent's work by now.
    """
    house = House()
    house.push("one", "two")
    house.poll()
    house.push("two", "three")
    house.cluster.on_apply = lambda _: setattr(house, "term", 2)
    house.poll()
    during = house.cluster.names

    house.cluster.on_apply = lambda _: None
    house.work(after=60.0)

    assert "one" in during
    assert house.cluster.names == {"two", "three"}
