import pytest

from agent.apiserver import ClusterUnreachable
from agent.changes import Action
from agent.manifests import Manifest
from agent.ownership import Ownership
from agent.reconcile import reconcile, remove
from agent.site import Site
from tests.support.bundles import AGENT, MINE, STACK, config_map, mine, namespace, refs, widget, widget_crd, wish
from tests.support.fakes import FakeCluster


class Book:
    """
    An inventory of one stack that remembers what was written, in order.
    """

    def __init__(self):
        self.pages = []

    def __call__(self, refs):
        self.pages.append(frozenset(refs))


def bring(cluster, book, *manifests, owned=frozenset(), **rules):
    wanted = wish(cluster, *manifests)
    site = Site(cluster=cluster, ownership=MINE, record=book, **rules)
    return reconcile(wanted, list(wanted.objects.values()), owned, site)


def take_away(cluster, book, owned):
    return remove(owned, Site(cluster=cluster, ownership=MINE, record=book))


def test_what_is_wanted_is_applied_and_what_is_not_is_pruned():
    cluster, book = FakeCluster(*mine(config_map("old"))), Book()

    changes = bring(cluster, book, config_map("new"), owned=refs("old"))

    assert not changes.failed
    assert cluster.names == {"new"}
    assert book.pages == [refs("old", "new"), refs("old", "new"), refs("new")]


def test_every_refusal_is_reported_and_then_nothing_is_applied_or_pruned():
    """
    A half-applied revision must not take down the objects of the last good one.
    """
    cluster, book = FakeCluster(*mine(config_map("old")), refuses={"bad", "worse"}), Book()

    changes = bring(cluster, book, *map(config_map, ("good", "bad", "worse")), owned=refs("old"))

    assert changes.errors == ["ConfigMap/default/bad: refused", "ConfigMap/default/worse: refused"]
    assert cluster.names == {"old"}
    assert book.pages == []


def test_a_bad_object_does_not_stop_its_stage_but_the_prune():
    """
    Some refusals come with the apply alone, when the check passed.
    """

    class Moody(FakeCluster):
        def apply(self, wanted, *, dry_run=False):
            self.refuses = set() if dry_run else {"bad"}
            return super().apply(wanted, dry_run=dry_run)

    cluster, book = Moody(*mine(config_map("old"))), Book()

    changes = bring(cluster, book, config_map("bad"), config_map("good"), owned=refs("old"))

    assert changes.errors == ["ConfigMap/default/bad: refused"]
    assert cluster.names == {"old", "good"}
    assert book.pages[-1] == refs("old", "bad", "good")


def test_what_stands_on_a_namespace_or_kind_of_the_same_bundle_works_in_the_first_push():
    cluster = FakeCluster()
    bundle = (widget("w", "shop"), config_map("c", "shop"), widget_crd(), namespace("shop"))

    changes = bring(cluster, Book(), *bundle)

    assert changes.errors == []
    assert cluster.applied == [
        "Namespace/shop",
        "CustomResourceDefinition/widgets.example.test",
        "ConfigMap/shop/c",
        "Widget/shop/w",
    ]


def test_an_unknown_kind_is_a_refusal_like_any_other():
    cluster = FakeCluster()

    changes = bring(cluster, Book(), widget("w"), config_map("c"))

    assert changes.errors == ['Widget/default/w: no kind "Widget" in "example.test/v1"']
    assert cluster.names == set()


def test_an_unreachable_cluster_ends_the_pass():
    cluster = FakeCluster()
    cluster.on_apply = lambda _: setattr(cluster, "unreachable", True)

    with pytest.raises(ClusterUnreachable):
        bring(cluster, Book(), config_map("c"), config_map("d"))


OWNED = [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}]


def owned_by_another(name):
    (manifest,) = mine(config_map(name))
    return Manifest({**manifest.body, "metadata": {**manifest.body["metadata"], "ownerReferences": OWNED}})


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (config_map("x"), "not this stack's"),
        (Ownership(AGENT, "another", "brokkr-system").stamp(config_map("x"), "o", "c"), "not this stack's"),
        (Ownership("another", STACK, "brokkr-system").stamp(config_map("x"), "o", "c"), "not this agent's"),
        (owned_by_another("x"), "owned by another object"),
        (mine(config_map("x", annotations={"brokkr.io/prune": "disabled"}))[0], "brokkr.io/prune: disabled"),
        (mine(config_map("x", "brokkr-system"))[0], "in the agent's own namespace"),
        (mine(namespace("kube-system"))[0], "a system namespace"),
        (mine(namespace("brokkr-system"))[0], "a system namespace"),
    ],
)
def test_the_inventory_only_nominates_and_the_object_itself_decides(manifest, reason):
    cluster = FakeCluster(manifest)

    changes = take_away(cluster, Book(), {manifest.ref})

    assert [(change.action, change.note) for change in changes.of(Action.SPARED)] == [(Action.SPARED, reason)]
    assert manifest.ref in cluster.objects


def test_a_removal_goes_backwards_and_what_is_gone_is_gone():
    bundle = mine(namespace("shop"), widget_crd(), widget("w"), config_map("c"))
    cluster, book = FakeCluster(*bundle), Book()

    changes = take_away(cluster, book, {manifest.ref for manifest in bundle} | refs("never-was"))

    assert [str(change.ref) for change in changes.of(Action.GONE)] == ["ConfigMap/default/never-was"]
    assert [change.ref.kind for change in changes.of(Action.DELETED)] == [
        "Widget",
        "ConfigMap",
        "CustomResourceDefinition",
        "Namespace",
    ]
    assert book.pages == [frozenset()]


def test_a_refused_deletion_keeps_its_place_in_the_inventory():
    cluster, book = FakeCluster(*mine(config_map("stuck")), refuses={"stuck"}), Book()

    changes = take_away(cluster, book, refs("stuck"))

    assert changes.errors == ["ConfigMap/default/stuck: refused"]
    assert book.pages == []
