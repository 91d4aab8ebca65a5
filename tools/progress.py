"""
Long commands, run so that whoever waits sees that something happens.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Describe = Callable[[list[str]], str]

TICK = 1.0
PLAIN_TICK = 15.0  # where lines cannot be overwritten: a log


class ToolError(Exception):
    """
    What the person in front is told instead of a traceback.
    """


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path], doing: str, describe: Describe, *, cwd: Path | None = None, env: Mapping[str, str]
) -> list[str]:
    """
    The lines that the command printed, on either stream.

    While it runs, `doing` is shown with what `describe` makes of the lines so far. Raises ToolError with the last of
    them if the command fails.
    """
    started = time.monotonic()
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=lines.extend, args=[map(str.rstrip, process.stdout)], daemon=True)
        reader.start()
        _watch(reader, lambda: f"{doing}: {describe(lines)}, {time.monotonic() - started:.0f} s")
        reader.join()
    if process.returncode:
        raise ToolError("\n  ".join([f"{doing} failed: {' '.join(map(str, command))}", *lines[-10:]]))
    return lines


def _watch(reader: threading.Thread, message: Callable[[], str]) -> None:
    overwrite = sys.stderr.isatty()
    reader.join(TICK if overwrite else PLAIN_TICK)
    while reader.is_alive():
        print("\r\033[K" + message() if overwrite else message(), end="" if overwrite else "\n", file=sys.stderr)
        sys.stderr.flush()
        reader.join(TICK if overwrite else PLAIN_TICK)
    if overwrite:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
