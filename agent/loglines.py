"""
The lines of a container's log, as they arrive: cut, timed, limited, redacted.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.buffer import RATE_LIMIT, Buffer, Item, Place
from agent.redaction import Redactor

LONGEST_LINE = 4 * 1024
LOOKED_AT = 2 * LONGEST_LINE  # a credential that lies across the cut is known for one
LINES_IN_A_SECOND = 100
STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Source:
    """
    Whose words they are.
    """

    stack_id: str
    namespace: str
    pod: str
    uid: str
    container: str


class LogLines:
    """
    What a container says, over all connections to its log. `last` is when it last said something.
    """

    def __init__(self, source: Source, buffer: Buffer, *, clock: Callable[[], float]) -> None:
        self.last: str | None = None
        self._source = source
        self._buffer = buffer
        self._clock = clock
        self._redactor = Redactor()
        self._window, self._said = 0, 0

    def read(self, chunks: Iterable[bytes]) -> int:
        """
        How many were new. A log that is opened again begins with some that are known.
        """
        fresh, known = 0, self.last or ""
        for line in cut(chunks):
            stamp, _, words = line.partition(b" ")
            moment = moment_in(stamp.decode(errors="replace"))
            if moment is not None and moment > known:
                fresh, known, self.last = fresh + 1, "", moment
                self._tell(moment, words.decode(errors="replace").rstrip("\r"))
        return fresh

    def _tell(self, moment: str, words: str) -> None:
        window, source = int(self._clock()), self._source
        self._said = self._said + 1 if window == self._window else 1
        self._window = window
        if self._said > LINES_IN_A_SECOND:
            self._redactor.skip(words)
            place = Place(source.stack_id, RATE_LIMIT, f"{source.uid}/{source.container}/{window}")
            self._buffer.add_gap(place, to_microseconds(moment))
            return
        told = self._redactor.line(words).encode(errors="replace")[:LONGEST_LINE].decode(errors="ignore")
        whose = {"namespace": source.namespace, "pod": source.pod, "container": source.container}
        ts = to_microseconds(moment)
        self._buffer.add_line(Item.of(source.stack_id, ts, {**whose, "ts": ts, "line": told}))


def cut(chunks: Iterable[bytes], longest: int = LOOKED_AT) -> Iterator[bytes]:
    """
    Of a line without an end only the beginning is held.
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line[:longest] for line in whole)
        rest = rest[:longest]
    if rest:
        yield rest


def moment_in(stamp: str) -> str | None:
    """
    In UTC and with nine digits, so that moments sort as they are. None for what is none: a remark of the kubelet.
    """
    found = STAMP.fullmatch(stamp)
    if found is None:
        return None
    seconds, fraction, zone = found.groups()
    if zone != "Z":
        seconds = datetime.fromisoformat(seconds + zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{(fraction or '').ljust(9, '0')}Z"


def to_microseconds(moment: str) -> str:
    return f"{moment[:26]}Z"
