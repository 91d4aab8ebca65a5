"""
From a text to the objects that it holds: each list opened, and each object one that can be applied.
"""

from collections.abc import Iterator
from typing import Any

from agent.kubectl_text import documents
from agent.kubectl_yaml import Document
from agent.manifests import Manifest, ManifestError


def parse(text: str) -> list[Manifest]:
    """
    Raises ManifestError with every fault of every document, one on a line, and for a text that holds no object.
    """
    manifests: list[Manifest] = []
    faults: list[str] = []
    for number, document in enumerate(documents(text), start=1):
        faults += [f"document {number}, line {line}: {fault}" for line, fault in document.faults]
        for place, body in _objects(document):
            line = document.lines.get(id(body), document.line)
            if fault := _fault(body):
                faults.append(f"document {number}, line {line}{place}: {fault}")
            else:
                manifests.append(Manifest(body))
    if faults:
        raise ManifestError("\n".join(faults))
    if not manifests:
        raise ManifestError("the manifest holds no object")
    return manifests


def _objects(document: Document) -> Iterator[tuple[str, Any]]:
    """
    What has items is a list, whatever its kind. One within another is not opened: kubectl refuses it.
    """
    if document.is_empty or document.faults:
        return
    if _is_list(document.value):
        for number, item in enumerate(document.value["items"] or [], start=1):
            yield f", item {number}", _typed(item, document.value)
    else:
        yield "", document.value


def _is_list(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("items", ""), list | None) and _is_text(body.get("kind"))


def _typed(item: Any, its_list: dict[str, Any]) -> Any:
    """
    An item that does not say what it is has its list's kind and version.
    """
    if isinstance(item, dict) and not (item.get("kind") or item.get("apiVersion")):
        item["kind"] = its_list["kind"].removesuffix("List")
        item["apiVersion"] = its_list.get("apiVersion")
    return item


def _fault(body: Any) -> str | None:
    if not isinstance(body, dict):
        return "not an object"
    for key in ("apiVersion", "kind"):
        if not _is_text(body.get(key)):
            return f"{key} is missing or not a string"
    if "items" in body:
        return "items must be a list, and none within a list"
    return _fault_of_metadata(body.get("metadata"))


def _fault_of_metadata(metadata: Any) -> str | None:
    if not isinstance(metadata, dict) or not _is_text(metadata.get("name")):
        return "metadata.name is missing or not a string, and server-side apply needs one"
    if not isinstance(metadata.get("namespace") or "", str):
        return "metadata.namespace must be a string"
    if not all(isinstance(metadata.get(key) or {}, dict) for key in ("labels", "annotations")):
        return "metadata.labels and metadata.annotations must be maps"
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
