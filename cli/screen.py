"""
What is printed, and where: the answer on stdout, all else on stderr where stdout is for a program.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from cli import pipelines
from cli.pipelines import Pipeline, pipeline_of

FORMATS = ("json", "yaml", "name")
RED, GREEN, CYAN = "31", "32", "36"
VERDICTS = {"live": GREEN, "failed": RED, "superseded": "33", "progressing": CYAN}


class Screen:
    """
    `format` is None for people.
    """

    def __init__(self, env: Mapping[str, str], out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out, self.err = out or sys.stdout, err or sys.stderr
        self.format: str | None = None
        self.pipeline: Pipeline | None = pipeline_of(env)
        self.say_above: Callable[[str], None] | None = None
        self.env = env

    @property
    def is_live(self) -> bool:
        """
        Whether a person looks at it while it changes.
        """
        is_terminal = self.out.isatty() and self.env.get("TERM") != "dumb"
        return is_terminal and self.format is None and not pipelines.is_one(self.env)

    @property
    def progress(self) -> TextIO:
        return self.err if self.format else self.out

    def say(self, line: str = "") -> None:
        """
        A line of the answer, for people.
        """
        if self.format is None:
            _write(self.out, line)

    def tell(self, line: str) -> None:
        """
        A line of how it goes.
        """
        _write(self.progress, line)

    def note(self, line: str) -> None:
        """
        Above what moves, where something does.
        """
        if self.say_above:
            self.say_above(line)
        else:
            _write(self.err, line)

    def answer(self, data: Any, names: Iterable[str]) -> None:
        """
        The answer, for a program; nothing where people are asked to.
        """
        if self.format == "json":
            _write(self.out, json.dumps(data, indent=2, ensure_ascii=False))
        elif self.format == "yaml":
            from cli.manifests import to_yaml  # noqa: PLC0415 - most answers are no YAML

            self.out.write(to_yaml(data))
        elif self.format == "name":
            self.out.writelines(f"{name}\n" for name in names)
        self.out.flush()

    def text(self, text: str) -> None:
        """
        As it is, to its last character.
        """
        if self.format is None:
            self.out.write(text)
            self.out.flush()

    def painted(self, text: str, colour: str | None) -> str:
        is_plain = colour is None or not self.is_live or self.env.get("NO_COLOR")
        return text if is_plain else f"\x1b[{colour}m{text}\x1b[0m"

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        if self.format:
            return
        if self.is_live:
            from cli.live import print_table  # noqa: PLC0415 - rich is for terminals alone

            print_table(self.out, self.env, titles, rows)
        else:
            for line in columns([titles, *rows]):
                _write(self.out, line)

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """
        Folded in the log of a pipeline that knows how to.
        """
        if self.pipeline:
            self.progress.write(self.pipeline.begin(title))
        try:
            yield
        finally:
            if self.pipeline:
                self.progress.write(self.pipeline.end(title))
                self.progress.flush()

    def failure(self, text: str) -> None:
        if self.pipeline and self.pipeline.marks_errors:
            self.note(self.pipeline.error(text))
        else:
            self.note(f"error: {text}")


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """
    Aligned, and never cut: a program may read them.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _write(stream: TextIO, line: str) -> None:
    stream.write(f"{line}\n")
    stream.flush()
