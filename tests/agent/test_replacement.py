import pytest

from agent.replacement import apply_or_replace
from agent.site import Site
from tests.support.bundles import MINE, config_map, desired, mine
from tests.support.fakes import FakeCluster

ASKED = {"brokkr.io/replace": "enabled"}


def attempt(cluster, manifest, *, dry_run=False):
    (wanted,) = desired(cluster, manifest).values()
    site = Site(cluster=cluster, ownership=MINE, record=lambda _: None)
    return apply_or_replace(wanted, site=site, dry_run=dry_run)


@pytest.fixture
def cluster():
    cluster = FakeCluster(*mine(config_map("one")))
    cluster.immutable.add("one")
    return cluster


def test_a_field_that_cannot_change_is_refused_with_what_to_do(cluster):
    change = attempt(cluster, config_map("one"))

    assert change.error.startswith("field is immutable; delete the object, or annotate it with brokkr.io/replace")
    assert cluster.deleted == []


def test_an_object_that_asks_for_it_is_deleted_and_created_anew(cluster):
    change = attempt(cluster, config_map("one", annotations=ASKED))

    assert (change.error, change.action.value) == (None, "replaced")
    assert (cluster.deleted, cluster.names) == (["ConfigMap/default/one"], {"one"})


def test_a_dry_run_deletes_nothing(cluster):
    change = attempt(cluster, config_map("one", annotations=ASKED), dry_run=True)

    assert (change.error, change.note, cluster.deleted) == (None, "will be replaced", [])


def test_what_is_not_ours_is_not_replaced():
    cluster = FakeCluster(config_map("one"))
    cluster.immutable.add("one")

    change = attempt(cluster, config_map("one", annotations=ASKED))

    assert "not replaced: it is not this stack's" in change.error
    assert cluster.names == {"one"}
