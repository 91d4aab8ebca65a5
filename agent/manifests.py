"""
Objects as data: reading them as kubectl does. Pure.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from agent.kubectl_yaml import KubectlLoader
from agent.refs import Ref


class ManifestError(Exception):
    """
    A text that holds no objects, or one that is none; each fault stands on its own line.
    """


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
    def scope(self) -> bool:
        """
        Whether the kind that a CustomResourceDefinition brings has namespaces.
        """
        return (self.body.get("spec") or {}).get("scope") != "Cluster"

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


def encoded(body: dict[str, Any]) -> bytes:
    """
    The bytes that are sent.
    """
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


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
