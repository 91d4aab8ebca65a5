"""
What others do to objects of ours, as the watches show it.
"""

import pytest

from tests.support.bundles import refs
from tests.support.house import House, config_map_ref, text_of


@pytest.fixture
def house():
    house = House()
    house.push("one", "two")
    house.poll()
    house.cluster.applied.clear()
    house.cluster.checked.clear()
    return house


def test_a_field_that_is_taken_from_us_is_taken_back_at_once_and_nothing_else_is_touched(house):
    house.take("one", "a", "kubectl-edit")

    house.work()

    assert house.cluster.applied == ["ConfigMap/default/one"]
    assert house.cluster.checked == []
    assert [status for _, status in house.broker.outcomes] == ["SUCCESS"]


def test_a_deleted_object_comes_back(house):
    del house.cluster.objects[config_map_ref("two")]

    house.saw("two")
    house.work()

    assert house.cluster.applied == ["ConfigMap/default/two"]


def test_a_field_that_was_never_ours_is_nobodys_business(house):
    house.take("one", "theirs", "a-controller")

    house.work()

    assert house.cluster.applied == []


def test_what_a_watch_missed_is_found_by_its_next_list(house):
    del house.cluster.objects[config_map_ref("two")]
    (kind,) = house.lookout.kinds()

    house.lookout.listed(kind, refs("one"), "99")
    house.work()

    assert house.cluster.applied == ["ConfigMap/default/two"]


def test_a_list_that_is_older_than_our_apply_proves_nothing(house):
    (kind,) = house.lookout.kinds()

    house.lookout.listed(kind, frozenset(), "0")
    house.work()

    assert house.cluster.applied == []


def test_what_is_seen_during_a_pass_is_judged_after_it(house):
    """
    It may be what the pass itself does; and somebody else may be at it too.
    """
    house.push("one", "two", "three")
    house.cluster.on_apply = lambda ref: house.take("one", "a", "kubectl-edit") if ref.name == "three" else None

    house.poll()
    house.cluster.on_apply = lambda _: None
    house.work()

    assert house.cluster.applied[-1] == "ConfigMap/default/one"


@pytest.mark.parametrize("on", ["the push", "the object"])
def test_an_object_may_ask_to_be_left_alone(on):
    house = House()
    notes = {"brokkr.io/drift": "ignore"}
    house.broker.push(text_of("one", annotations=notes if on == "the push" else None))
    house.poll()
    house.cluster.applied.clear()
    if on == "the object":
        house.cluster.objects[config_map_ref("one")][2]["metadata"].setdefault("annotations", {}).update(notes)

    house.take("one", "a", "kubectl-edit")
    house.work(after=3600.0 if on == "the push" else 0.0)

    assert house.cluster.applied == []


def test_a_field_that_is_fought_over_is_reported_once_with_both_managers_and_left_alone(house):
    for _ in range(10):
        house.take("one", "a", "a-controller")
        house.work(after=1.0)

    assert house.cluster.applied == ["ConfigMap/default/one"] * 5
    failures = [event["message"] for event in house.broker.events if event["status"] == "FAILURE"]
    told = "data.a is fought over by brokkr-controller and a-controller; it is left alone for an hour"
    assert failures == [f"ConfigMap/default/one: {told}"]


def test_a_fight_does_not_keep_the_other_objects_from_healing(house):
    for _ in range(8):
        house.take("one", "a", "a-controller")
        house.work(after=1.0)
    house.cluster.applied.clear()

    house.take("two", "a", "kubectl-edit")
    house.work()

    assert house.cluster.applied == ["ConfigMap/default/two"]


def test_another_field_of_the_object_is_healed_all_the_same(house):
    house.broker.push(text_of("one").replace("a: b", "a: b, z: z"))
    house.poll()
    for _ in range(8):
        house.take("one", "a", "a-controller")
        house.work(after=1.0)
    house.cluster.applied.clear()

    house.take("one", "z", "kubectl-edit")
    house.work()

    assert house.cluster.applied == ["ConfigMap/default/one"]


def test_what_is_fought_over_is_not_taken_back_by_the_safety_net_either(house):
    for _ in range(8):
        house.take("one", "a", "a-controller")
        house.work(after=1.0)
    house.cluster.applied.clear()

    house.work(after=900.0)
    soon = list(house.cluster.applied)
    house.work(after=3600.0)

    assert soon == ["ConfigMap/default/two"]
    assert "ConfigMap/default/one" in house.cluster.applied


def test_slow_drift_is_no_fight(house):
    for _ in range(12):
        house.take("one", "a", "kubectl-edit")
        house.work(after=121.0)

    assert all(event["status"] == "SUCCESS" for event in house.broker.events)


def test_a_new_revision_of_the_object_ends_the_fight(house):
    for _ in range(8):
        house.take("one", "a", "a-controller")
        house.work(after=1.0)
    house.cluster.applied.clear()
    house.broker.push(text_of("one", "two").replace("a: b", "a: c"))

    house.poll()

    assert sorted(house.cluster.applied) == ["ConfigMap/default/one", "ConfigMap/default/two"]
    assert house.broker.events[-1]["status"] == "SUCCESS"


def test_all_of_it_works_while_the_broker_is_away_also_after_a_restart(tmp_path):
    house = House(tmp_path)
    house.push("one")
    house.poll()
    away = house.restarted()
    away.deployer.recall()
    away.work()
    away.cluster.applied.clear()

    away.take("one", "a", "kubectl-edit")
    away.work()

    assert away.cluster.applied == ["ConfigMap/default/one"]


def test_everything_is_applied_once_more_now_and_then_whatever_heals_in_between(house):
    for _ in range(5):
        house.take("one", "a", "kubectl-edit")
        house.work(after=120.0)

    assert house.cluster.applied.count("ConfigMap/default/two") == 1
