"""
What `brokkr-broker doctor` finds, and how it is shown: as `brokkr-agent check` shows its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

MARKS = ("✓", "✗", "→")
PLAIN_MARKS = ("ok", "NO", "->")
INDENT = 12


@dataclass(frozen=True)
class Finding:
    """
    `todo` is what to do about it; where all is well there is nothing to do.
    """

    question: str
    said: str
    todo: str | None = None


def show(findings: Iterable[Finding], out: TextIO) -> bool:
    """
    Each as soon as it is found. Whether all is well.
    """
    well, ill, do = MARKS if _can(out, "".join(MARKS)) else PLAIN_MARKS
    is_well = True
    for finding in findings:
        mark = well if finding.todo is None else ill
        _print(out, f"{mark} {finding.question:<{INDENT}} {finding.said}")
        if finding.todo is not None:
            is_well = False
            _print(out, f"{' ' * (len(mark) + INDENT + 2)}{do} {finding.todo}")
    return is_well


def _can(out: TextIO, text: str) -> bool:
    try:
        text.encode(out.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _print(out: TextIO, line: str) -> None:
    """
    A word that the terminal cannot show is no reason to fail.
    """
    encoding = out.encoding or "ascii"
    out.write(line.encode(encoding, errors="replace").decode(encoding) + "\n")
    out.flush()
