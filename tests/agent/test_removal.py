import pytest

from agent.apiserver import Refused
from agent.brake import NO_BRAKE
from agent.changes import Action
from agent.removal import prune
from agent.site import Site
from tests.support.bundles import MINE, config_map, mine, refs, widget, widget_crd
from tests.support.fakes import FakeCluster
from tests.support.house import House


def taken(cluster, owned):
    return prune(owned, owned, Site(cluster=cluster, ownership=MINE, record=lambda _: None), NO_BRAKE)


def test_a_definition_waits_for_the_last_object_of_its_kind():
    """
    Without the definition nothing could ever take the finalizer away.
    """
    bundle = mine(widget_crd(), widget("w"), config_map("c"))
    cluster = FakeCluster(*bundle)
    cluster.finalizers["w"] = ["example.test/hold"]
    owned = {manifest.ref for manifest in bundle}

    first = taken(cluster, owned)
    second = taken(cluster, {change.ref for change in first.leaving})
    cluster.objects.pop(bundle[1].ref)
    third = taken(cluster, {change.ref for change in second.leaving})

    assert [change.ref.kind for change in first.leaving] == ["Widget", "CustomResourceDefinition"]
    assert second.leaving[0].note == "still being deleted, held by example.test/hold"
    assert [change.ref.kind for change in third.of(Action.DELETED)] == ["CustomResourceDefinition"]
    assert cluster.names == set()


def test_what_cannot_be_read_keeps_everything():
    class Shy(FakeCluster):
        def find(self, ref):
            if ref.name == "shy":
                raise Refused("forbidden")
            return super().find(ref)

    cluster = Shy(*mine(config_map("shy"), config_map("other")))

    changes = taken(cluster, refs("shy", "other"))

    assert changes.errors == ["ConfigMap/default/shy: forbidden"]
    assert cluster.names == {"shy", "other"}


@pytest.mark.parametrize("marker", [True, False])
def test_what_is_stuck_is_no_success_until_it_is_gone_and_holds_up_nothing_else(marker):
    house = House()
    house.push("stuck", "other", "kept")
    house.poll()
    house.cluster.finalizers["stuck"] = ["example.test/hold"]
    house.push(*([] if marker else ["kept"]), marker=marker)
    house.poll()
    said = len(house.broker.events)
    house.work(after=61.0)
    told = house.broker.events[-1]["message"]
    house.cluster.objects.pop(*refs("stuck"))

    house.work(after=31.0)

    assert said == 1
    assert told == "ConfigMap/default/stuck: still being deleted, held by example.test/hold"
    assert house.broker.events[-1]["status"] == "SUCCESS"
    assert house.cluster.names == (set() if marker else {"kept"})
