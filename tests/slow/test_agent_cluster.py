"""
The fake cluster and the real one answer the same questions alike.
"""

from uuid import uuid4

import pytest

from agent.changes import Action
from agent.cluster import KubernetesCluster
from agent.inventory import Inventory
from agent.manifests import Manifest, Ref
from agent.ownership import Ownership
from agent.reconcile import ClusterUnreachable, reconcile, remove
from tests.support.bundles import AGENT, config_map, namespace, widget, widget_crd
from tests.support.fakes import FakeCluster

pytestmark = pytest.mark.slow


@pytest.fixture(params=["fake", "real"])
def cluster(request):
    if request.param == "fake":
        return FakeCluster()
    kube = request.getfixturevalue("kube")
    return KubernetesCluster.connect(str(kube.kubeconfig))


@pytest.fixture
def place():
    return f"place-{uuid4().hex[:8]}"


def ref_of(name, place):
    return Ref("", "ConfigMap", place, name, "v1")


def test_apply_creates_then_applies_and_a_dry_run_does_neither(cluster, place):
    cluster.apply(namespace(place))

    checked = cluster.apply(config_map("c", place), dry_run=True)
    was_there = cluster.find(ref_of("c", place))
    actions = [cluster.apply(config_map("c", place)).action for _ in range(2)]

    assert (checked.action, checked.error, was_there) == (Action.CHECKED, None, None)
    assert actions == [Action.CREATED, Action.APPLIED]


def test_an_object_without_a_namespace_goes_to_the_default_one(cluster):
    name = f"c-{uuid4().hex[:8]}"
    metadata = {"name": name}

    change = cluster.apply(Manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}))

    assert str(change.ref) == f"ConfigMap/default/{name}"
    assert cluster.find(change.ref) is not None


def test_refusals_are_changes_with_an_error(cluster, place):
    nowhere = cluster.apply(config_map("c", place), dry_run=True)
    unknown = cluster.apply(Manifest({**widget("w").body, "apiVersion": "nothing.test/v1", "kind": "Nothing"}))

    assert nowhere.error == f'namespaces "{place}" not found'
    assert unknown.error == 'no kind "Nothing" in "nothing.test/v1"'


def test_delete_takes_that_very_object_and_no_other_of_its_name(cluster, place):
    cluster.apply(namespace(place))
    cluster.apply(config_map("c", place))
    ref = ref_of("c", place)

    wrong = cluster.delete(ref, str(uuid4()))
    right = cluster.delete(ref, cluster.find(ref).uid)
    again = cluster.delete(ref, str(uuid4()))

    assert wrong.error is not None
    assert (right.action, right.error) == (Action.DELETED, None)
    assert (again.action, again.error) == (Action.GONE, None)


def test_a_bundle_with_its_own_namespace_and_kind_comes_and_goes(cluster, place):
    stack = Ownership(AGENT, str(uuid4()), "brokkr-system")
    inventory = Inventory(cluster, namespace="brokkr-system", agent_id=AGENT)
    wanted = [widget("w", place), config_map("c", place), widget_crd(), namespace(place)]
    bundle = [stack.stamp(manifest, "object", "checksum") for manifest in wanted]

    def record(refs):
        inventory.write(stack.stack_id, refs)

    applied = reconcile(bundle, inventory.read(stack.stack_id), stack, cluster, record)
    fresh = Inventory(cluster, namespace="brokkr-system", agent_id=AGENT)
    owned = fresh.read(stack.stack_id)
    removed = remove(owned, stack, cluster, record)

    assert applied.errors == removed.errors == []
    assert {str(ref) for ref in owned} == {
        f"Widget/{place}/w",
        f"ConfigMap/{place}/c",
        "CustomResourceDefinition/widgets.example.test",
        f"Namespace/{place}",
    }
    assert {change.action for change in removed.changes} == {Action.DELETED}


def test_a_cluster_that_is_away_is_an_exception(tmp_path):
    server = "{name: k, cluster: {server: 'http://127.0.0.1:1'}}"
    context = "{name: k, context: {cluster: k, user: k}}"
    file = tmp_path / "config"
    file.write_text(
        f"apiVersion: v1\nkind: Config\ncurrent-context: k\nclusters: [{server}]\n"
        f"contexts: [{context}]\nusers: [{{name: k, user: {{}}}}]\n"
    )

    with pytest.raises(ClusterUnreachable):
        KubernetesCluster.connect(str(file)).apply(config_map("c"))
