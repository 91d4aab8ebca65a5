"""
The fake cluster and the real one answer the same questions alike.
"""

from dataclasses import replace
from uuid import uuid4

import pytest

from agent.apiserver import ClusterUnreachable
from agent.changes import Action
from agent.inventory import Inventory
from agent.manifests import Manifest
from agent.ownership import Ownership
from agent.reconcile import reconcile, remove
from agent.refs import Ref
from agent.site import Site
from tests.support.bundles import AGENT, config_map, desired, namespace, widget, widget_crd, wish
from tests.support.fakes import FakeCluster
from tests.support.live import connected

pytestmark = pytest.mark.slow


@pytest.fixture(params=["fake", "real"])
def cluster(request):
    if request.param == "fake":
        return FakeCluster()
    return connected(request.getfixturevalue("kube").kubeconfig)


def apply(cluster, manifest, **how):
    (wanted,) = desired(cluster, manifest).values()
    return cluster.apply(wanted, **how)


@pytest.fixture
def place():
    return f"place-{uuid4().hex[:8]}"


def ref_of(name, place):
    return Ref("", "ConfigMap", place, name, "v1")


def test_apply_creates_then_applies_and_a_dry_run_does_neither(cluster, place):
    apply(cluster, namespace(place))

    checked = apply(cluster, config_map("c", place), dry_run=True)
    was_there = cluster.find(ref_of("c", place))
    actions = [apply(cluster, config_map("c", place)).action for _ in range(2)]

    assert (checked.action, checked.error, was_there) == (Action.CHECKED, None, None)
    assert actions == [Action.CREATED, Action.APPLIED]


def test_an_object_without_a_namespace_goes_to_the_default_one(cluster):
    name = f"c-{uuid4().hex[:8]}"
    metadata = {"name": name}

    change = apply(cluster, Manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))

    assert str(change.ref) == f"ConfigMap/default/{name}"
    assert cluster.find(change.ref) is not None


def test_refusals_are_changes_with_an_error(cluster, place):
    nowhere = apply(cluster, config_map("c", place), dry_run=True)
    nothing = Manifest({**widget("w").body, "apiVersion": "nothing.test/v1", "kind": "Nothing"})
    (unknown,) = wish(cluster, nothing).unplaced

    assert nowhere.error == f'namespaces "{place}" not found'
    assert unknown.error == 'no kind "Nothing" in "nothing.test/v1"'


def test_delete_takes_that_very_object_and_no_other_of_its_name(cluster, place):
    apply(cluster, namespace(place))
    apply(cluster, config_map("c", place))
    ref = ref_of("c", place)

    wrong = cluster.delete(ref, str(uuid4()))
    right = cluster.delete(ref, cluster.find(ref).uid)
    again = cluster.delete(ref, str(uuid4()))

    assert wrong.error is not None
    assert (right.action, right.error) == (Action.DELETED, None)
    assert (again.action, again.error) == (Action.GONE, None)


def test_a_bundle_with_its_own_namespace_and_kind_comes_and_goes(cluster, place):
    ownership = Ownership(AGENT, str(uuid4()), "brokkr-system")
    inventory = Inventory(cluster, namespace="brokkr-system", agent_id=AGENT)
    bundle = [widget("w", place), config_map("c", place), widget_crd(), namespace(place)]
    wanted = wish(cluster, *bundle, ownership=ownership)
    site = Site(cluster=cluster, ownership=ownership, record=lambda refs: inventory.write(ownership.stack_id, refs))

    applied = reconcile(wanted, wanted.objects.values(), inventory.read(ownership.stack_id), site)
    fresh = Inventory(cluster, namespace="brokkr-system", agent_id=AGENT)
    owned = fresh.read(ownership.stack_id)
    removed = remove(owned, site)

    assert applied.errors == removed.errors == []
    assert {str(ref) for ref in owned} == {
        f"Widget/{place}/w",
        f"ConfigMap/{place}/c",
        "CustomResourceDefinition/widgets.example.test",
        f"Namespace/{place}",
    }
    assert {change.ref.kind for change in removed.of(Action.DELETED, Action.LEAVING)} == {ref.kind for ref in owned}


def test_an_apply_says_what_is_ours_and_a_sighting_what_is_no_longer(kube, place):
    cluster = connected(kube.kubeconfig)
    apply(cluster, namespace(place))
    ours = apply(cluster, config_map("c", place)).state
    again = apply(cluster, config_map("c", place)).state
    kube.kubectl("-n", place, "patch", "configmap", "c", "--type=merge", "-p", '{"data": {"a": "theirs"}}')

    then = apply(cluster, config_map("c", place)).state

    assert again == ours
    assert ours.is_before(then)
    assert then.fields == ours.fields


def test_a_namespace_a_definition_and_a_claim_know_whether_they_hold_anything(cluster, place):
    apply(cluster, namespace(place))
    apply(cluster, widget_crd())
    cluster.await_established(widget_crd().ref)
    space, kind = namespace(place).ref, widget_crd().ref
    before = cluster.has_contents(space), cluster.has_contents(kind)

    apply(cluster, widget("w", place))

    assert before == (False, False)
    assert (cluster.has_contents(space), cluster.has_contents(kind)) == (True, True)
    found = cluster.find(replace(widget("w", place).ref, version="v0"))
    assert found is not None
    cluster.delete(widget("w", place).ref, found.uid)


def test_an_object_is_found_under_whatever_version_its_kind_is_served_now(kube, place):
    """
    An inventory may name a version that the cluster has since dropped.
    """
    cluster = connected(kube.kubeconfig)
    cron = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "c", "namespace": place}}
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "c"}]}
    spec = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    apply(cluster, namespace(place))
    apply(cluster, Manifest({**cron, "spec": spec}))
    old = Ref("batch", "CronJob", place, "c", "v1beta1")

    found = cluster.find(old)
    deleted = cluster.delete(old, found.uid)

    assert deleted.action is Action.DELETED
    assert cluster.find(Ref("gone.test", "Thing", place, "c", "v1")) is None


def test_a_field_that_cannot_change_is_known_as_such(kube, place):
    cluster = connected(kube.kubeconfig)
    apply(cluster, namespace(place))
    fixed = Manifest({**config_map("c", place).body, "immutable": True})
    apply(cluster, fixed)

    change = apply(cluster, Manifest({**fixed.body, "data": {"a": "other"}}))

    assert change.is_immutable


def test_a_cluster_that_is_away_is_an_exception(tmp_path):
    server = "{name: k, cluster: {server: 'http://127.0.0.1:1'}}"
    context = "{name: k, context: {cluster: k, user: k}}"
    file = tmp_path / "config"
    file.write_text(
        f"apiVersion: v1\nkind: Config\ncurrent-context: k\nclusters: [{server}]\n"
        f"contexts: [{context}]\nusers: [{{name: k, user: {{}}}}]\n"
    )

    with pytest.raises(ClusterUnreachable):
        apply(connected(file), config_map("c"))
