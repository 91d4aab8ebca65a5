"""
A cluster that is a dict. tests/slow/test_agent_cluster.py holds it to what a real one does.
"""

import json
from itertools import count

from agent.apiserver import ClusterUnreachable, Refused
from agent.changes import Action, Change
from agent.drift import Sighting
from agent.fields import FIELD_MANAGER
from agent.manifests import Manifest
from agent.ownership import Live
from agent.refs import Ref

CLUSTER_SCOPED = {"Namespace", "CustomResourceDefinition", "ClusterRole", "PersistentVolume"}
BUILT_IN = CLUSTER_SCOPED | {"ConfigMap", "Secret", "Deployment", "ServiceAccount", "PersistentVolumeClaim"}


class FakeCluster:
    def __init__(self, *manifests, refuses=(), namespaces=("default",)):
        self.objects = {}
        self.refuses = set(refuses)
        self.immutable = set()
        self.finalizers = {}
        self.unreachable = False
        self.applied = []
        self.checked = []
        self.deleted = []
        self.takers = {}
        self.on_apply = lambda ref: None
        self._uids = count(1)
        self._versions = count(1)
        for name in namespaces:
            self._put(Ref("", "Namespace", "", name, "v1"), {"metadata": {"name": name}})
        for manifest in manifests:
            scopes = {(manifest.ref.group, manifest.ref.kind): manifest.ref.kind not in CLUSTER_SCOPED}
            self._put(self.place(manifest.ref, scopes), manifest.body)

    def place(self, ref, scopes):
        self._reach()
        if ref.kind not in self._kinds() and (ref.group, ref.kind) not in scopes:
            raise Refused(f'no kind "{ref.kind}" in "{ref.api_version}"')
        namespaced = scopes.get((ref.group, ref.kind), ref.kind not in CLUSTER_SCOPED)
        return Ref(ref.group, ref.kind, (ref.namespace or "default") if namespaced else "", ref.name, ref.version)

    def serves(self, ref):
        return ref.kind in self._kinds()

    def apply(self, wanted, *, dry_run=False):
        self._reach()
        ref = wanted.ref
        self.on_apply(ref)
        if ref.name in self.immutable and ref in self.objects:
            return Change(ref, Action.CHECKED, error="field is immutable", is_immutable=True)
        if error := self._refusal(ref):
            return Change(ref, Action.CHECKED, error=error)
        if dry_run:
            self.checked.append(str(ref))
            return Change(ref, Action.CHECKED)
        action = Action.APPLIED if ref in self.objects else Action.CREATED
        self.takers.pop(ref, None)
        self._put(ref, json.loads(wanted.data))
        self.applied.append(str(ref))
        return Change(ref, action, state=Sighting.of(self.shown(ref)[0]["metadata"]).state)

    def await_established(self, crd):
        return Change(crd, Action.APPLIED)

    def find(self, ref):
        self._reach()
        if ref not in self.objects:
            return None
        uid, _, body = self.objects[ref]
        metadata = body["metadata"]
        return Live(
            uid,
            metadata.get("annotations") or {},
            metadata.get("ownerReferences") or [],
            self.finalizers.get(ref.name, []),
            is_leaving="deletionTimestamp" in metadata,
        )

    def delete(self, ref, uid):
        self._reach()
        if ref not in self.objects:
            return Change(ref, Action.GONE)
        if self.objects[ref][0] != uid:
            return Change(ref, Action.DELETED, error="the UID in the precondition does not match")
        if ref.name in self.refuses:
            return Change(ref, Action.DELETED, error="refused")
        self.deleted.append(str(ref))
        if self.finalizers.get(ref.name):
            self.objects[ref][2]["metadata"]["deletionTimestamp"] = "now"
            return Change(ref, Action.LEAVING)
        del self.objects[ref]
        return Change(ref, Action.DELETED)

    def has_contents(self, ref):
        if ref.is_namespace:
            return any(other.namespace == ref.name for other in self.objects)
        if ref.is_crd:
            defined = Manifest(self.objects[ref][2]).defines
            return any((other.group, other.kind) == defined for other in self.objects)
        return (self.objects[ref][2].get("status") or {}).get("phase") == "Bound"

    def config_maps(self, namespace, labels):
        self._reach()
        return [
            body
            for ref, (_, _, body) in self.objects.items()
            if (ref.kind, ref.namespace) == ("ConfigMap", namespace)
            and labels.items() <= (body["metadata"].get("labels") or {}).items()
        ]

    def shown(self, ref):
        """
        As a watch would show it now: its body, if it is there, and the version.
        """
        if ref not in self.objects:
            return None, str(next(self._versions))
        uid, version, body = self.objects[ref]
        known = {"uid": uid, "resourceVersion": version, "managedFields": self._fields(ref)}
        return {**body, "metadata": {**body["metadata"], **known}}, version

    def take(self, ref, key, manager):
        """
        Somebody else sets a key of the data, and so owns it.
        """
        uid, _, body = self.objects[ref]
        self.objects[ref] = (uid, str(next(self._versions)), body)
        self.takers.setdefault(ref, {})[key] = manager
        return self.shown(ref)

    def set_status(self, ref, status):
        """
        Its controller has looked at it.
        """
        uid, _, body = self.objects[ref]
        self.objects[ref] = (uid, str(next(self._versions)), {**body, "status": status})
        return self.shown(ref)

    @property
    def names(self):
        """
        What stands in it, but for the Namespaces it started with and inventories.
        """
        return {ref.name for ref in self.objects if ref.kind != "Namespace" and not ref.name.startswith("inventory-")}

    def _fields(self, ref):
        keys, taken = self.objects[ref][2].get("data") or {}, self.takers.get(ref, {})
        ours = {f"f:{key}": {} for key in keys if key not in taken}
        entries = [{"manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": {"f:data": ours}}]
        for key, manager in taken.items():
            fields = {"f:data": {f"f:{key}": {}}}
            entries.append({"manager": manager, "operation": "Update", "fieldsV1": fields})
        return entries

    def _refusal(self, ref):
        if ref.name in self.refuses:
            return "refused"
        if ref.kind not in self._kinds():
            return f'no kind "{ref.kind}" in "{ref.api_version}"'
        if ref.namespace and Ref("", "Namespace", "", ref.namespace, "v1") not in self.objects:
            return f'namespaces "{ref.namespace}" not found'
        return None

    def _kinds(self):
        return BUILT_IN | {Manifest(body).defines[1] for ref, (_, _, body) in self.objects.items() if ref.is_crd}

    def _put(self, ref, body):
        uid = self.objects[ref][0] if ref in self.objects else str(next(self._uids))
        self.objects[ref] = (uid, str(next(self._versions)), body)

    def _reach(self):
        if self.unreachable:
            raise ClusterUnreachable("the API server is unreachable")
