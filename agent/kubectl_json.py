"""
JSON values one after another, as kubectl's library reads them.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from agent.kubectl_scalars import SIGNED, as_value
from agent.kubectl_yaml import MAX_DEPTH, TOO_DEEP, Document

SPACE = re.compile(r"[ \t\r\n]*")
ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)
LONGEST_INTEGER = len(str(-SIGNED))


class TooLarge(Exception):
    """
    A number that is JSON, and more than a float can hold.
    """


def documents(text: str) -> Iterator[tuple[Document, int]]:
    """
    Each value, and where it ends; no more from where there is no JSON.
    """
    text = _without_half_characters(text)
    line, end = 1, 0
    while (start := _after_space(text, end)) < len(text):
        line += text.count("\n", end, start)
        document = Document(line)
        try:
            document.value, end = _DECODER.raw_decode(text, start)
            if _depth(document.value) > MAX_DEPTH:
                document.faults.append((line, TOO_DEEP))
        except ValueError:
            return
        except (TooLarge, RecursionError) as error:
            document.faults.append((line, str(error) if isinstance(error, TooLarge) else TOO_DEEP))
            end = len(text)
        yield document, end
        line += text.count("\n", start, end)


def _after_space(text: str, start: int) -> int:
    found = SPACE.match(text, start)
    return found.end() if found else start


def _without_half_characters(text: str) -> str:
    """
    Half of a surrogate pair becomes the replacement character; what follows keeps its place.
    """
    return ESCAPE.sub(lambda found: r"\ufffd" if found[1] else found[0], text) if r"\u" in text else text


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [node for node in level if isinstance(node, dict | list)]:
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
        depth += 1
    return depth


def _integer(digits: str) -> Any:
    if len(digits) <= LONGEST_INTEGER and -SIGNED <= (value := int(digits)) < SIGNED:
        return value
    return _float(digits)


def _float(digits: str) -> Any:
    value = float(digits)
    if math.isinf(value):
        raise TooLarge(f"the number {digits:.20} is too large")
    return as_value(value)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
