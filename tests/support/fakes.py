"""
A cluster that is a dict. tests/slow/test_agent_cluster.py holds it to what a real one does.
"""

from itertools import count

from agent.changes import Action, Change
from agent.manifests import Manifest, Ref
from agent.ownership import Live
from agent.reconcile import ClusterUnreachable

CLUSTER_SCOPED = {"Namespace", "CustomResourceDefinition", "ClusterRole"}
BUILT_IN = CLUSTER_SCOPED | {"ConfigMap", "Secret", "Deployment", "ServiceAccount"}


class FakeCluster:
    def __init__(self, *manifests, refuses=(), namespaces=("default",)):
        self.objects = {}
        self.refuses = set(refuses)
        self.unreachable = False
        self.applied = []
        self._uids = count(1)
        for name in namespaces:
            self._put(Ref("", "Namespace", "", name, "v1"), {"metadata": {"name": name}})
        for manifest in manifests:
            self._put(self._placed(manifest.ref), manifest.body)

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Change:
        self._reach()
        ref = self._placed(manifest.ref)
        if error := self._refusal(ref):
            return Change(ref, Action.CHECKED, error=error)
        if dry_run:
            return Change(ref, Action.CHECKED)
        action = Action.APPLIED if ref in self.objects else Action.CREATED
        self._put(ref, manifest.body)
        self.applied.append(str(ref))
        return Change(ref, action)

    def await_established(self, crd: Ref) -> Change:
        return Change(crd, Action.APPLIED)

    def find(self, ref: Ref) -> Live | None:
        self._reach()
        if ref not in self.objects:
            return None
        uid, body = self.objects[ref]
        metadata = body["metadata"]
        return Live(uid, metadata.get("annotations") or {}, metadata.get("ownerReferences") or [])

    def delete(self, ref: Ref, uid: str) -> Change:
        self._reach()
        if ref not in self.objects:
            return Change(ref, Action.GONE)
        if self.objects[ref][0] != uid:
            return Change(ref, Action.DELETED, error="the UID in the precondition does not match")
        if ref.name in self.refuses:
            return Change(ref, Action.DELETED, error="refused")
        del self.objects[ref]
        return Change(ref, Action.DELETED)

    def config_maps(self, namespace, labels):
        self._reach()
        return [
            body
            for ref, (_, body) in self.objects.items()
            if (ref.kind, ref.namespace) == ("ConfigMap", namespace)
            and labels.items() <= (body["metadata"].get("labels") or {}).items()
        ]

    @property
    def names(self):
        """
        What stands in it, but for the Namespaces it started with and inventories.
        """
        return {ref.name for ref in self.objects if ref.kind != "Namespace" and not ref.name.startswith("inventory-")}

    def _refusal(self, ref):
        if ref.name in self.refuses:
            return "refused"
        if ref.kind not in self._kinds():
            return f'no kind "{ref.kind}" in "{ref.api_version}"'
        if ref.namespace and Ref("", "Namespace", "", ref.namespace, "v1") not in self.objects:
            return f'namespaces "{ref.namespace}" not found'
        return None

    def _kinds(self):
        return BUILT_IN | {Manifest(body).defines[1] for ref, (_, body) in self.objects.items() if ref.is_crd}

    def _placed(self, ref):
        namespace = "" if ref.kind in CLUSTER_SCOPED else ref.namespace or "default"
        return Ref(ref.group, ref.kind, namespace, ref.name, ref.version)

    def _put(self, ref, body):
        uid = self.objects[ref][0] if ref in self.objects else str(next(self._uids))
        self.objects[ref] = (uid, body)

    def _reach(self):
        if self.unreachable:
            raise ClusterUnreachable("the API server is unreachable")
