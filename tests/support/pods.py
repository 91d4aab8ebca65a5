"""
Pods, what owns them and what happens to them, as an API server has them.
"""

from agent.discovery import Discovery
from agent.holdings import Holdings, Owners
from agent.inventory import Inventory
from agent.refs import Ref
from tests.support.bundles import AGENT, STACK
from tests.support.fakes import FakeCluster
from tests.support.tiny_api import TinyApi

SHOP = "/api/v1/namespaces/shop"


def ref(kind, name, namespace="shop", group=""):
    return Ref(group, kind, namespace, name, "v1")


WEB = ref("Deployment", "web", group="apps")


def owner(kind, name, api_version="apps/v1"):
    return {"apiVersion": api_version, "kind": kind, "name": name, "uid": f"{name}-uid", "controller": True}


def pod(name, *owners, namespace="shop", containers=("app",), ready="True", annotations=None, statuses=()):
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"{name}-uid",
            "creationTimestamp": "2026-11-24T11:00:00Z",
            "ownerReferences": list(owners),
            "annotations": annotations or {},
        },
        "spec": {"containers": [{"name": container} for container in containers]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": ready}],
            "containerStatuses": list(statuses),
        },
    }


def kube_event(message, about, *, at="2026-11-24T12:00:00Z", reason="BackOff", kind="Pod"):
    return {
        "metadata": {"name": f"{about}.{at}", "creationTimestamp": at, "resourceVersion": "1"},
        "involvedObject": {
            "apiVersion": "v1" if kind == "Pod" else "apps/v1",
            "kind": kind,
            "namespace": "shop",
            "name": about,
            "uid": f"{about}-uid",
        },
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": at,
        "count": 2,
        "source": {"component": "kubelet"},
    }


class Shop:
    """
    A namespace in which a stack has a Deployment, that one a ReplicaSet, and that one the pods.
    """

    def __init__(self, held=(WEB,)):
        self.api = TinyApi()
        apps = [{"name": name, "kind": kind, "namespaced": True, "verbs": ["list"]} for name, kind in PLURALS.items()]
        self.api.objects["/apis/apps/v1"] = {"resources": apps}
        core = [{"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["list"]}]
        self.api.objects["/api/v1"] = {"resources": core}
        self.api.objects[f"{SHOP}/pods"] = {"items": []}
        self.api.objects[f"{SHOP}/events"] = {"items": []}
        replica_set = {
            "metadata": {"uid": "web-1-uid", "namespace": "shop", "ownerReferences": [owner("Deployment", "web")]}
        }
        self.api.put("/apis/apps/v1/namespaces/shop/replicasets/web-1", replica_set)
        self.inventory = Inventory(FakeCluster(), namespace="brokkr-system", agent_id=AGENT)
        self.inventory.write(STACK, frozenset(held))
        self.owners = Owners(self.api, Discovery(self.api), Holdings(self.inventory))

    def has_pods(self, *pods):
        self.api.objects[f"{SHOP}/pods"] = {"items": list(pods)}

    def has_events(self, *events):
        self.api.objects[f"{SHOP}/events"] = {"items": list(events)}

    def asked_for(self, part):
        return [path for _, path in self.api.asked if part in path]


PLURALS = {"deployments": "Deployment", "replicasets": "ReplicaSet"}
OF_WEB = owner("ReplicaSet", "web-1")
