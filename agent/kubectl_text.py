"""
A text's documents, as kubectl finds them: JSON values one after another, or YAML between lines of `---`.
"""

import re
from collections.abc import Iterator

from agent import kubectl_json, kubectl_yaml
from agent.kubectl_yaml import Document

BOM = "\ufeff"
SEPARATOR = re.compile("^---(.*)$", re.MULTILINE)
REST_OF_LINE = re.compile(r"[^\S\n]*\n?")
SEEN_OF_JSON = 4096  # kubectl looks no further for the brace that makes it JSON


def documents(text: str) -> Iterator[Document]:
    """
    Empty ones included, but not a mere comment before the first `---`.
    """
    text = text.removeprefix(BOM).replace("\r\n", "\n")
    half = re.search("[\ud800-\udfff]", text)
    if half:
        line = _line(text, half.start())
        yield Document(line, faults=[(line, "half of a surrogate pair is no character")])
    elif text[:SEEN_OF_JSON].lstrip().startswith("{"):
        yield from _json_documents(text)
    else:
        yield from _yaml_documents(text, 1)


def _json_documents(text: str) -> Iterator[Document]:
    """
    What begins as JSON may still be YAML, unless two values of JSON came first.
    """
    count = end = 0
    for count, (document, end) in enumerate(kubectl_json.documents(text), start=1):  # noqa: B007
        yield document
    rest = REST_OF_LINE.sub("", text[end:], count=1)
    line = _line(text, len(text) - len(rest))
    if count > 1 and rest.strip():
        yield Document(line, faults=[(line, "neither JSON nor the end of the text")])
    else:
        yield from _yaml_documents(rest, line)


def _yaml_documents(text: str, line: int) -> Iterator[Document]:
    head, *others = SEPARATOR.split(text)
    document = kubectl_yaml.read(head, line)
    if not document.is_empty:
        yield document
    line += head.count("\n")
    for behind, piece in zip(others[::2], others[1::2], strict=True):
        document = kubectl_yaml.read(piece, line)
        if behind.strip() and not behind.lstrip().startswith("#"):
            document.faults.insert(0, (line, f"behind --- only a comment may stand, not {behind.strip():.40}"))
        yield document
        line += piece.count("\n")


def _line(text: str, end: int) -> int:
    return text.count("\n", 0, end) + 1
