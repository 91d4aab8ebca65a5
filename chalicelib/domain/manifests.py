"""
The check at the door: a push must be Kubernetes objects, or say where it is not.

It reads the YAML node graph and builds no values, so neither tags nor aliases can make it do work; the agent is the one
that reads manifests as kubectl does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import InvalidDeploymentObject, PayloadTooLarge

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 200
MAX_NODES = 2_000_000  # with aliases written out; 4,000 objects of 2 MB have some 200,000
SAFE_WITHOUT_DEPTH_CHECK = 4096  # so short a text cannot nest deeper than the parser's own stack carries
NULL = "tag:yaml.org,2002:null"


def check(content: str, *, is_marker: bool) -> None:
    """
    Raises PayloadTooLarge, or InvalidDeploymentObject naming the document's number and the line.
    """
    if _size(content) > MAX_BYTES:
        raise PayloadTooLarge(f"yaml_content is over {MAX_BYTES} bytes: split the push into several stacks")
    if not content.strip():
        if is_marker:
            return
        raise InvalidDeploymentObject("yaml_content is blank; to remove a stack's objects push a deletion marker")
    seen = 0
    for number, node in enumerate(_documents(content), start=1):
        if node.tag != NULL:
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


def _documents(content: str) -> "Iterator[yaml.Node]":
    import yaml  # noqa: PLC0415 - only a push reads YAML, and a cold start should not pay for it

    try:
        if len(content) > SAFE_WITHOUT_DEPTH_CHECK:
            _check_depth(content)
        for node in yaml.compose_all(content, Loader=yaml.CSafeLoader):
            _check_size(node)
            yield node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise InvalidDeploymentObject(f"yaml_content is not YAML: {where}{error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = content.count("\n", 0, error.position) + 1
        raise InvalidDeploymentObject(f"yaml_content is not YAML: line {line}: {error.reason}") from error
    except yaml.YAMLError as error:
        raise InvalidDeploymentObject("yaml_content is not YAML") from error


def _check_depth(content: str) -> None:
    import yaml  # noqa: PLC0415 - see above

    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidDeploymentObject(f"nested over {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass
class _Sizes:
    """
    How many nodes each node stands for once its aliases are written out. A node under way is -1: meeting it again means
    that it holds itself.
    """

    known: dict[int, int]

    def of(self, node: "yaml.Node") -> int:
        if not isinstance(node.value, list):
            return 1
        size = self.known.get(id(node))
        if size == -1:
            raise InvalidDeploymentObject(f"{_line(node)}: an alias holds itself")
        if size is None:
            self.known[id(node)] = -1
            size = 1 + sum(self.of(child) for child in _children(node))
            if size > MAX_NODES:
                raise InvalidDeploymentObject(f"{_line(node)}: aliases expand to over {MAX_NODES} values")
            self.known[id(node)] = size
        return size


def _check_size(document: "yaml.Node") -> None:
    try:
        _Sizes({}).of(document)
    except RecursionError as error:
        raise InvalidDeploymentObject(f"{_line(document)}: nested too deeply") from error


def _children(node: "yaml.Node") -> "Iterator[yaml.Node]":
    for child in node.value:
        if isinstance(child, tuple):
            yield from child
        else:
            yield child


def _check_object(node: "yaml.Node", where: str) -> None:
    where = f"{where} ({_line(node)})"
    fields = _fields(node, where, "a Kubernetes object")
    for key in ("apiVersion", "kind"):
        if not _is_text(fields.get(key)):
            raise InvalidDeploymentObject(f"{where}: {key} is missing or not a string")
    if fields["kind"].value.endswith("List") and _is_sequence(fields.get("items")):
        for number, item in enumerate(fields["items"].value, start=1):
            _check_object(item, f"{where}, item {number}")
        return
    metadata = fields.get("metadata")
    if metadata is None:
        raise InvalidDeploymentObject(f"{where}: metadata is missing")
    named = _fields(metadata, f"{where}: metadata", "a mapping")
    if not (_is_text(named.get("name")) or _is_text(named.get("generateName"))):
        raise InvalidDeploymentObject(f"{where}: metadata.name is missing or not a string")


def _fields(node: "yaml.Node", where: str, expected: str) -> "dict[str, yaml.Node]":
    """
    A mapping's values by key, its own before those that it merges in.
    """
    if not _is_mapping(node):
        raise InvalidDeploymentObject(f"{where} must be {expected}, a mapping")
    own: dict[str, yaml.Node] = {}
    merged: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key.value, str):
            raise InvalidDeploymentObject(f"{where}: {_line(key)}: a key must be a scalar")
        if key.value == "<<":
            for source in value.value if _is_sequence(value) else [value]:
                merged = _fields(source, where, "merged from a mapping") | merged
        elif key.value in own:
            raise InvalidDeploymentObject(f"{where}: {_line(key)}: the key {key.value!r} is there twice")
        else:
            own[key.value] = value
    return merged | own


def _is_mapping(node: "yaml.Node | None") -> bool:
    return getattr(node, "id", "") == "mapping"


def _is_sequence(node: "yaml.Node | None") -> bool:
    return getattr(node, "id", "") == "sequence"


def _is_text(node: "yaml.Node | None") -> bool:
    return node is not None and isinstance(node.value, str) and node.tag != NULL and bool(node.value.strip())


def _line(node: "yaml.Node") -> str:
    return f"line {node.start_mark.line + 1}" if node.start_mark else "somewhere"
