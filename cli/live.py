"""
Tables on a terminal, still and moving. Alone in importing rich.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

STYLES = {
    **dict.fromkeys(("live", "healthy", "newest"), "green"),
    **dict.fromkeys(("failed",), "red"),
    **dict.fromkeys(("degraded", "superseded", "silent"), "yellow"),
    **dict.fromkeys(("progressing", "applied"), "cyan"),
    "pending": "dim",
}
FRAMES_PER_SECOND = 8
NARROW = 60

Rows = Sequence[Sequence[str]]


def print_table(out: TextIO, env: Mapping[str, str], titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    console = _console(out, env)
    console.print(_laid_out(titles, list(rows), console.width))


class Moving:
    """
    What is shown last stays.
    """

    def __init__(self, out: TextIO, env: Mapping[str, str]) -> None:
        self._console = _console(out, env)
        self._live = Live(console=self._console, refresh_per_second=FRAMES_PER_SECOND)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def say_above(self, line: str) -> None:
        self._console.print(line, markup=False)

    def show(self, line: str, titles: Sequence[str], rows: Rows, *, is_over: bool) -> None:
        head: RenderableType = Text(line) if is_over else Spinner("dots", Text(line))
        below = [_laid_out(titles, rows, self._console.width)] if rows else []
        self._live.update(Group(head, *below), refresh=True)


def _console(out: TextIO, env: Mapping[str, str]) -> Console:
    return Console(file=out, highlight=False, no_color=bool(env.get("NO_COLOR")))


def _laid_out(titles: Sequence[str], rows: Rows, width: int) -> RenderableType:
    """
    Nothing is cut off: a cell goes on in the next line, and where that would be ever so many, a row is a paragraph.
    """
    if width < NARROW:
        return Group(*(_paragraph(titles, row) for row in rows))
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        made.add_column(title, overflow="fold")
    for row in rows:
        made.add_row(*(_cell(cell) for cell in row))
    return made


def _paragraph(titles: Sequence[str], row: Sequence[str]) -> Text:
    lines = [Text(row[0], style="bold")]
    lines += [
        Text(f"  {title.lower()}: ") + _cell(cell) for title, cell in zip(titles[1:], row[1:], strict=True) if cell
    ]
    return Text("\n").join(lines)


def _cell(text: str) -> Text:
    return Text(text, style=STYLES.get(text, ""))
