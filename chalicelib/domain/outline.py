"""
A YAML text in outline: its documents, as far as the check at the door looks into them.

One pass over the parser's events. Everything is counted, and what the check does not ask for is dropped at once: a text
of 4 MiB can hold two million values, and a graph of them would take 600 MB and many seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from chalicelib.errors.invalid import InvalidDeploymentObject

MAX_DEPTH = 200
MAX_OBJECTS = 100_000  # 4 MiB hold 95,000 of the shortest kind
MAX_VALUES = 1_500_000  # with aliases written out. 4 MiB of Deployments have 560,000; etcd takes 800,000 in an object
LOOKED_AT = frozenset({"apiVersion", "kind", "metadata", "name", "generateName", "items", "<<"})
NULL_TAG = "tag:yaml.org,2002:null"
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
UNDER_WAY = -1
MAPPINGS = (MappingStartEvent, AliasEvent)  # what may become one

Event = Any  # to the stubs each may be any other, or none


@dataclass(slots=True)
class Node:
    """
    A value. `text` is a scalar's, unless it is null; `fields` are those of a mapping that the check looks at; `items`
    are a sequence's mappings, and the first of its other values. `fault` is what is wrong with a mapping's keys, or
    that a sequence has more items than there can be objects.
    """

    line: int
    text: str | None = None
    fields: "dict[str, Node] | None" = None
    fault: str | None = None
    items: "list[Node] | None" = None

    @property
    def is_null(self) -> bool:
        return self.text is None and self.fields is None and self.items is None


def documents(content: str) -> Iterator[Node]:
    """
    Raises InvalidDeploymentObject where the text is not YAML, nested too deeply, or too large once its aliases are
    written out.
    """
    try:
        yield from _Reader(content).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise InvalidDeploymentObject(f"yaml_content is not YAML: {where}{error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = content.count("\n", 0, error.position) + 1
        raise InvalidDeploymentObject(f"yaml_content is not YAML: line {line}: {error.reason}") from error


class _Reader:
    def __init__(self, content: str) -> None:
        self._next: Callable[[], Event] = yaml.CSafeLoader(content).get_event
        self._depth = 0
        self._values = 0
        self._anchors: dict[str, tuple[Node, int]] = {}  # each with how many values it stands for

    def documents(self) -> Iterator[Node]:
        number = 0
        while not isinstance(event := self._next(), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                number += 1
                if number > MAX_OBJECTS:
                    raise InvalidDeploymentObject(f"{_line(event)}: there are over {MAX_OBJECTS} documents")
                self._anchors = {}
                node = self._read(self._next())
                self._next()  # the document's end, or what is wrong with it
                yield node

    def _read(self, event: Event) -> Node:
        node = Node(event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if event.anchor is None:
            self._fill(node, event)
            return node
        if event.anchor in self._anchors:
            raise InvalidDeploymentObject(f"{_line(event)}: the anchor {event.anchor!r} is there twice")
        before = self._values
        self._anchors[event.anchor] = node, UNDER_WAY
        self._fill(node, event)
        self._anchors[event.anchor] = node, self._values - before
        return node

    def _fill(self, node: Node, event: Event) -> None:
        self._count(1, event)
        if isinstance(event, ScalarEvent):
            node.text = None if _is_null(event) else event.value
            return
        self._enter()
        if isinstance(event, MappingStartEvent):
            self._fill_mapping(node)
        else:
            self._fill_sequence(node)
        self._depth -= 1

    def _fill_mapping(self, node: Node) -> None:
        keys: set[str] = set()
        node.fields = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._key(event)
            if key is None:
                node.fault = node.fault or f"{_line(event)}: a key must be a scalar"
            elif key in keys:
                node.fault = node.fault or f"{_line(event)}: the key {key!r} is there twice"
            if key in LOOKED_AT and key not in keys:
                node.fields[key] = self._read(self._next())
            else:
                self._skip(self._next())
            if key is not None:
                keys.add(key)

    def _key(self, event: Event) -> str | None:
        if isinstance(event, ScalarEvent) and event.anchor is None:
            self._count(1, event)
            return str(event.value)
        return self._read(event).text

    def _fill_sequence(self, node: Node) -> None:
        node.items = []
        has_other = False
        while not isinstance(event := self._next(), SequenceEndEvent):
            if node.fault or (has_other and not isinstance(event, MAPPINGS)):
                self._skip(event)
            elif len(node.items) == MAX_OBJECTS:
                node.fault = f"there are over {MAX_OBJECTS} items"
                self._skip(event)
            else:
                node.items.append(self._read(event))
                has_other = has_other or node.items[-1].fields is None

    def _skip(self, event: Event) -> None:
        """
        Go past a value, and keep of it only what has an anchor: an alias may bring that to where it counts.
        """
        depth = self._depth
        while True:
            if isinstance(event, CollectionEndEvent):
                self._depth -= 1
            elif event.anchor is not None:
                self._read(event)
            else:
                self._count(1, event)
                if isinstance(event, CollectionStartEvent):
                    self._enter()
            if self._depth == depth:
                return
            event = self._next()

    def _alias(self, event: Event) -> Node:
        if event.anchor not in self._anchors:
            raise InvalidDeploymentObject(f"yaml_content is not YAML: {_line(event)}: undefined alias {event.anchor!r}")
        node, values = self._anchors[event.anchor]
        if values == UNDER_WAY:
            raise InvalidDeploymentObject(f"{_line(event)}: an alias holds itself")
        self._count(values, event)
        return node

    def _count(self, values: int, event: Event) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            raise InvalidDeploymentObject(f"{_line(event)}: over {MAX_VALUES} values, with aliases written out")

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise InvalidDeploymentObject(f"nested over {MAX_DEPTH} levels deep")


def _line(event: Event) -> str:
    return f"line {event.start_mark.line + 1}"


def _is_null(event: Event) -> bool:
    return bool(event.tag == NULL_TAG or (event.tag is None and event.implicit[0] and event.value in NULLS))
