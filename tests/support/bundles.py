"""
Manifests for the agent's tests.
"""

from agent.desired import Revision, desired_of
from agent.manifests import Manifest
from agent.ownership import Ownership
from agent.refs import Ref

STACK = "50000000-0000-4000-8000-000000000001"
AGENT = "a0000000-0000-4000-8000-000000000001"
MINE = Ownership(AGENT, STACK, "brokkr-system")


def config_map(name, namespace="default", annotations=None):
    metadata = {"name": name, "namespace": namespace, "annotations": annotations or {}}
    return Manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}})


def namespace(name):
    return Manifest({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})


def widget(name, namespace="default"):
    metadata = {"name": name, "namespace": namespace}
    return Manifest({"apiVersion": "example.test/v1", "kind": "Widget", "metadata": metadata, "spec": {"size": 1}})


def widget_crd():
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "widgets", "singular": "widget", "kind": "Widget"}
    spec = {"group": "example.test", "scope": "Namespaced", "names": names, "versions": [version]}
    metadata = {"name": "widgets.example.test"}
    body = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata}
    return Manifest({**body, "spec": spec})


def wish(cluster, *manifests, ownership=MINE, before=None):
    """
    As a stack wants them in this cluster, by object.
    """
    scopes = {manifest.defines: manifest.scope for manifest in manifests if manifest.defines}
    revision = Revision("object", "checksum")
    return desired_of(manifests, revision, ownership, lambda one: cluster.place(one.ref, scopes), before or {})


def desired(cluster, *manifests, **rest):
    return wish(cluster, *manifests, **rest).objects


def mine(*manifests):
    """
    As they stand in a cluster once we have applied them.
    """
    return [MINE.stamp(manifest, "object", "checksum") for manifest in manifests]


def refs(*names, namespace="default"):
    return {Ref("", "ConfigMap", namespace, name, "v1") for name in names}
