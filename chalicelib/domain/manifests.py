"""
The check at the door: a push must be Kubernetes objects, or say where it is not.

It reads the outline of the YAML and builds no values, so neither tags nor aliases can make it do work; the agent is the
one that reads manifests as kubectl does.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.errors.invalid import InvalidDeploymentObject
from chalicelib.errors.protocol import PayloadTooLarge

if TYPE_CHECKING:
    from chalicelib.domain.outline import Node

MAX_BYTES = 4 * 1024 * 1024


def check(content: str, *, is_marker: bool) -> None:
    """
    Raises PayloadTooLarge, or InvalidDeploymentObject naming the document's number and the line.
    """
    from chalicelib.domain import outline  # noqa: PLC0415 - only a push reads YAML; a cold start should not pay for it

    if _size(content) > MAX_BYTES:
        raise PayloadTooLarge(f"yaml_content is over {MAX_BYTES} bytes: split the push into several stacks")
    if not content.strip():
        if is_marker:
            return
        raise InvalidDeploymentObject("yaml_content is blank; to remove a stack's objects push a deletion marker")
    try:
        _check_documents(outline.documents(content))
    except RecursionError as error:
        raise InvalidDeploymentObject("nested too deeply, by way of aliases") from error


def _check_documents(documents: "Iterable[Node]") -> None:
    seen = 0
    for number, node in enumerate(documents, start=1):
        if not node.is_null:
            seen += 1
            _check_object(node, f"document {number}")
    if not seen:
        raise InvalidDeploymentObject("yaml_content holds no object: every document is empty")


def _size(content: str) -> int:
    try:
        return len(content.encode())
    except UnicodeEncodeError as error:
        raise InvalidDeploymentObject(
            "yaml_content must be valid Unicode: it holds half of a surrogate pair"
        ) from error


def _check_object(node: "Node", where: str) -> None:
    where = f"{where} (line {node.line})"
    fields = _fields(node, where, "a Kubernetes object, a mapping")
    for key in ("apiVersion", "kind"):
        if not _text(fields, key):
            raise InvalidDeploymentObject(f"{where}: {key} is missing or not a string")
    items = fields["items"].items if "items" in fields else None
    if _text(fields, "kind").endswith("List") and items is not None:
        if fields["items"].fault:
            raise InvalidDeploymentObject(f"{where}: {fields['items'].fault}")
        for number, item in enumerate(items, start=1):
            _check_object(item, f"{where}, item {number}")
        return
    if "metadata" not in fields:
        raise InvalidDeploymentObject(f"{where}: metadata is missing")
    named = _fields(fields["metadata"], f"{where}: metadata", "a mapping")
    if not (_text(named, "name") or _text(named, "generateName")):
        raise InvalidDeploymentObject(f"{where}: metadata.name is missing or not a string")


def _fields(node: "Node", where: str, expected: str) -> "dict[str, Node]":
    """
    A mapping's values by key, its own before those that it merges in.
    """
    if node.fields is None:
        raise InvalidDeploymentObject(f"{where} must be {expected}")
    if node.fault:
        raise InvalidDeploymentObject(f"{where}: {node.fault}")
    merged: dict[str, Node] = {}
    source = node.fields.get("<<")
    for one in [] if source is None else [source] if source.items is None else source.items:
        merged = _fields(one, where, "merged from a mapping") | merged
    return merged | node.fields


def _text(fields: "dict[str, Node]", key: str) -> str:
    """
    Blank where there is none.
    """
    return ((fields[key].text if key in fields else None) or "").strip()
