"""
Objects as data: reading them as kubectl does, naming them, putting them in order. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from agent.kubectl_yaml import KubectlLoader

CRD_GROUP = "apiextensions.k8s.io"
CRD_KIND = "CustomResourceDefinition"

STAGES = (
    ("Namespace",),
    (CRD_KIND,),
    (
        *("PriorityClass", "StorageClass", "IngressClass", "RuntimeClass"),
        *("ResourceQuota", "LimitRange", "NetworkPolicy", "ServiceAccount"),
        *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        *("ConfigMap", "Secret", "PersistentVolume", "PersistentVolumeClaim", "Service"),
    ),
    (),  # workloads, custom resources and whatever is named nowhere else
    (
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
        *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService"),
    ),
)
_RANKS = {kind: (stage, place) for stage, kinds in enumerate(STAGES) for place, kind in enumerate(kinds)}
_WORKLOADS = (STAGES.index(()), 0)


class ManifestError(Exception):
    """
    A text that holds no objects, or one that is none; each fault stands on its own line.
    """


@dataclass(frozen=True)
class Ref:
    """
    Which object. Its version is how we spoke of it last, and no part of who it is.
    """

    group: str
    kind: str
    namespace: str
    name: str
    version: str = field(compare=False)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stage(self) -> int:
        return self.rank[0]

    @property
    def rank(self) -> tuple[int, int]:
        """
        Where its kind stands among all kinds when they are applied.
        """
        return _RANKS.get(self.kind, _WORKLOADS)

    @property
    def is_crd(self) -> bool:
        return (self.group, self.kind) == (CRD_GROUP, CRD_KIND)

    @property
    def is_namespace(self) -> bool:
        return (self.group, self.kind) == ("", "Namespace")

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True)
class Manifest:
    body: dict[str, Any]

    @property
    def ref(self) -> Ref:
        """
        As it is written: the cluster knows whether its kind has a namespace.
        """
        group, _, version = self.body["apiVersion"].rpartition("/")
        metadata = self.body["metadata"]
        return Ref(group, self.body["kind"], metadata.get("namespace") or "", metadata["name"], version)

    @property
    def defines(self) -> tuple[str, str] | None:
        """
        The group and kind that a CustomResourceDefinition brings.
        """
        if not self.ref.is_crd:
            return None
        spec = self.body.get("spec") or {}
        return spec.get("group", ""), (spec.get("names") or {}).get("kind", "")

    def stamped(self, *, labels: dict[str, str], annotations: dict[str, str]) -> "Manifest":
        metadata = dict(self.body["metadata"])
        metadata["labels"] = {**(metadata.get("labels") or {}), **labels}
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **annotations}
        return Manifest({**self.body, "metadata": metadata})


def in_apply_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    return sorted(manifests, key=lambda manifest: manifest.ref.rank)


def in_delete_order(refs: Iterable[Ref]) -> list[Ref]:
    return sorted(refs, key=lambda ref: (ref.rank, ref.namespace, ref.name), reverse=True)


def parse(text: str) -> list[Manifest]:
    """
    The objects of a multi-document text, Lists opened, empty documents left out.
    """
    manifests: list[Manifest] = []
    faults: list[str] = []
    for number, document in enumerate(_documents(text), start=1):
        for body in _opened(document):
            fault = _fault(body)
            if fault:
                faults.append(f"document {number}: {fault}")
            else:
                manifests.append(Manifest(body))
    if faults:
        raise ManifestError("\n".join(faults))
    if not manifests:
        raise ManifestError("the manifest holds no object")
    return manifests


def _documents(text: str) -> Iterator[Any]:
    try:
        yield from yaml.load_all(text.removeprefix("\ufeff"), Loader=KubectlLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ManifestError(f"line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ManifestError(" ".join(str(error).split())) from error


def _opened(document: Any) -> Iterator[Any]:
    if document is None:
        return
    is_list = isinstance(document, dict) and str(document.get("kind", "")).endswith("List")
    if is_list and isinstance(document.get("items"), list):
        for item in document["items"]:
            yield from _opened(item)
    else:
        yield document


def _fault(body: Any) -> str | None:
    if not isinstance(body, dict):
        return "not an object"
    for key in ("apiVersion", "kind"):
        if not isinstance(body.get(key), str) or not body[key]:
            return f"{key} is missing"
    metadata = body.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str) or not metadata["name"]:
        return "metadata.name is missing, and server-side apply needs one"
    if not all(isinstance(metadata.get(key) or {}, dict) for key in ("labels", "annotations")):
        return "metadata.labels and metadata.annotations must be maps"
    return None
