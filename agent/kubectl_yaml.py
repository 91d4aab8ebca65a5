"""
One YAML document as kubectl's library reads it: what is merged in counts from its place on, of two equal keys the last.

Values are built straight from the parser's events: PyYAML's graph of nodes would take many times their memory.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import yaml

from agent.kubectl_anchors import Anchors
from agent.kubectl_scalars import TAG, as_key, as_value, plain, tagged

MAX_DEPTH = 200
MERGE_KEY, MERGE_TAG = "<<", f"{TAG}merge"
TAG_CHARACTERS = ("[", "]", ",")
SLASH_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*\\/")
DEPTH_OF_ITEMS = 3  # the document, its list, the items of that
TOO_DEEP = f"nested over {MAX_DEPTH} levels deep"


class NotYaml(Exception):
    """
    Nothing more can be read.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass
class Document:
    """
    Where it starts and what it holds. The lines of a list's items are known by the id of the item.
    """

    line: int
    value: Any = None
    lines: dict[int, int] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.faults


def read(text: str, line: int) -> Document:
    """
    The first document of a text that begins on that line; kubectl reads no further than `...` either.
    """
    document = Document(line)
    try:
        document.value = _Reader(text if text.endswith("\n") else f"{text}\n", document).root()
    except NotYaml as error:
        document.faults.append((error.line, str(error)))
    except RecursionError:
        document.faults.append((line, TOO_DEEP))
    except yaml.reader.ReaderError as error:
        read = text.encode()[: error.position]
        document.faults.append((line + read.count(b"\n"), f"{error.reason}: {error.character:#x}"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.faults.append((line + (mark.line if mark else 0), str(error.problem or error.context)))
    return document


class _Reader:
    """
    It calls itself for what is nested, three frames a level.
    """

    def __init__(self, text: str, document: Document) -> None:
        self._text = text
        self._next = yaml.CSafeLoader(text).get_event
        self._document, self._first_line = document, document.line
        self._anchors = Anchors()
        self._size = self._anchors.size
        self._keys: dict[str, str] = {}
        self._depth = self._flow = 0

    def root(self) -> Any:
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        first = self._next()
        self._document.line = self._line(first)
        value = self._value(first)
        self._next()
        return value

    def _value(self, event: Any) -> Any:
        node = self._node(event)
        return node if isinstance(node, str) else self._turned(as_value, node, event)

    def _key(self, event: Any) -> str:
        """
        Equal keys are one string in memory.
        """
        key = str(self._turned(as_key, self._node(event), event))
        return self._keys.setdefault(key, key)

    def _turned(self, turn: Callable[..., Any], node: Any, event: Any) -> Any:
        try:
            return turn(node)
        except ValueError as error:
            self._document.faults.append((self._line(event), str(error)))
            return None

    def _node(self, event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._anchors.start(event.anchor, self._depth) if event.anchor else None
        self._size.nodes += 1
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        else:
            node = self._mapping(event) if isinstance(event, yaml.MappingStartEvent) else self._sequence(event)
        if before:
            self._anchors.end(event.anchor, node, before, self._depth)
        return node

    def _alias(self, event: Any) -> Any:
        try:
            anchored = self._anchors.find(event.anchor)
            self._anchors.count(anchored)
        except ValueError as error:
            raise NotYaml(self._line(event), str(error)) from error
        self._reach(self._depth + anchored.depth, event)
        return anchored.node

    def _scalar(self, event: Any) -> Any:
        text = event.value
        self._size.characters += len(text)
        if self._flow and not event.style:
            self._check_in_flow(event)
        if event.style == '"' and "/" in text and SLASH_ESCAPED.search(self._text, *_span(event)):
            raise NotYaml(self._line(event), r"found unknown escape character: \/")
        if event.tag:
            return self._turned(partial(tagged, event.tag), text, event)
        return plain(text) if event.implicit[0] else text

    def _check_in_flow(self, event: Any) -> None:
        """
        Between brackets kubectl ends a word at `?`, and a tag not even at a comma; the parser here does the reverse.
        """
        start, end = _span(event)
        ends_with_tag = event.tag and not event.value and self._text[start:end].split()[-1].startswith("!")
        if "?" in event.value or (ends_with_tag and self._text[end] in TAG_CHARACTERS):
            raise NotYaml(self._line(event), f"between brackets {(event.value or event.tag)[:40]!r} needs quotes")

    def _sequence(self, start: Any) -> list[Any]:
        sequence: list[Any] = []
        self._enter(start)
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            sequence.append(self._value(event))
        self._leave(start)
        return sequence

    def _mapping(self, start: Any) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        self._enter(start)
        if self._depth <= DEPTH_OF_ITEMS:
            self._document.lines[id(mapping)] = self._line(start)
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if _is_merge(event):
                event = self._next()
                self._merge(mapping, self._value(event), event)
            else:
                key = self._key(event)
                mapping[key] = self._value(self._next())
        self._leave(start)
        return mapping

    def _merge(self, mapping: dict[str, Any], merged: Any, event: Any) -> None:
        """
        Of several the first counts most, so it comes last.
        """
        for source in reversed(merged) if isinstance(event, yaml.SequenceStartEvent) else [merged]:
            if not isinstance(source, dict):
                raise NotYaml(self._line(event), "only a mapping or a list of mappings can be merged in")
            mapping.update(source)

    def _enter(self, start: Any) -> None:
        self._depth += 1
        self._flow += start.flow_style
        self._reach(self._depth, start)

    def _leave(self, start: Any) -> None:
        self._flow -= start.flow_style
        self._depth -= 1

    def _reach(self, depth: int, event: Any) -> None:
        if depth > MAX_DEPTH:
            raise NotYaml(self._line(event), TOO_DEEP)
        self._size.deepest = max(self._size.deepest, depth)

    def _line(self, event: Any) -> int:
        return self._first_line + int(event.start_mark.line)


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _is_merge(event: Any) -> bool:
    is_scalar = isinstance(event, yaml.ScalarEvent)
    return is_scalar and event.value == MERGE_KEY and (event.implicit[0] or event.tag == MERGE_TAG)
