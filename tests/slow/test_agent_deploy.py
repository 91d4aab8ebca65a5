"""
What is shipped: the objects of agent/deploy, and what they allow.
"""

import json
import subprocess

import pytest

from tests.slow.shipped import DEPLOY, Shipped

pytestmark = pytest.mark.slow

APPLYING = "get list watch create patch delete"
OWN = {
    ("", "configmaps", "get list create patch delete"),
    ("coordination.k8s.io", "leases", "get create update"),
    ("", "namespaces", "get"),
}
ANYTHING = {
    ("*", "*", APPLYING),
    ("rbac.authorization.k8s.io", "roles", "bind escalate"),
    ("rbac.authorization.k8s.io", "clusterroles", "bind escalate"),
}
WORKLOADS = {
    *(("", kind, APPLYING) for kind in ("configmaps", "persistentvolumeclaims", "pods")),
    *(("", kind, APPLYING) for kind in ("secrets", "serviceaccounts", "services")),
    *(("", kind, "get list watch") for kind in ("events", "pods/log")),
    *(("apps", kind, APPLYING) for kind in ("daemonsets", "deployments", "replicasets", "statefulsets")),
    *(("batch", kind, APPLYING) for kind in ("cronjobs", "jobs")),
    ("autoscaling", "horizontalpodautoscalers", APPLYING),
    *(("networking.k8s.io", kind, APPLYING) for kind in ("ingresses", "networkpolicies")),
    ("policy", "poddisruptionbudgets", APPLYING),
    *(("rbac.authorization.k8s.io", kind, APPLYING) for kind in ("roles", "rolebindings")),
}


@pytest.mark.parametrize("kustomization", [".", "namespaced"])
def test_the_api_server_takes_what_we_ship_and_warns_of_nothing(kube, kustomization):
    kube.kubectl("apply", "--server-side", "-f", str(DEPLOY / "base" / "namespace.yaml"))
    command = ["apply", "--server-side", "--validate=false", "--dry-run=server", "--warnings-as-errors", "-o", "name"]

    taken = kube.kubectl(*command, "-k", str(DEPLOY / kustomization)).split()

    assert "deployment.apps/brokkr-agent" in taken
    assert ("clusterrole.rbac.authorization.k8s.io/brokkr-agent" in taken) == (kustomization == ".")


def test_our_own_namespace_takes_our_pod(kube, for_a_cluster):
    """
    It enforces the restricted Pod security standard, which only a Pod is held to.
    """
    (deployment,) = [one for one in for_a_cluster.objects if one["kind"] == "Deployment"]
    pod = {"apiVersion": "v1", "kind": "Pod", **deployment["spec"]["template"]}
    pod["metadata"] |= {"name": "pod", "namespace": "brokkr-system"}

    kube.kubectl("create", "--dry-run=server", "--warnings-as-errors", "-f", "-", stdin=json.dumps(pod))

    del pod["spec"]["securityContext"]["seccompProfile"]
    with pytest.raises(subprocess.CalledProcessError):
        kube.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))


@pytest.mark.parametrize("kustomization", [".", "namespaced"])
def test_no_stack_can_take_away_what_we_ship(kube, tmp_path, kustomization):
    objects = Shipped(kube, DEPLOY / kustomization, tmp_path).objects

    marks = {one["metadata"].get("annotations", {}).get("brokkr.io/prune") for one in objects}

    assert marks == {"disabled"}


def test_the_account_of_a_cluster_may_apply_anything_and_no_more(for_a_cluster):
    assert for_a_cluster.rules("brokkr-system") == OWN | ANYTHING
    assert for_a_cluster.rules("default") == ANYTHING


def test_the_account_of_a_namespace_may_apply_what_runs_there_and_no_more(for_a_namespace, place):
    """
    Not the fences around it: the Namespace itself, quotas and limits; and nothing anywhere else.
    """
    assert for_a_namespace.rules("brokkr-system") == OWN
    assert for_a_namespace.rules(place) == WORKLOADS
    assert for_a_namespace.rules("default") == set()
