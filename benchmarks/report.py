"""
Figures, and how they are printed.
"""

import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

WIDTH = 76


@dataclass(frozen=True)
class Figure:
    """
    One number beside what it may be at most. Without a target it is there to be read.
    """

    what: str
    value: float
    unit: str = ""
    target: float | None = None

    @property
    def reached(self) -> bool:
        return self.target is None or self.value <= self.target

    def __str__(self) -> str:
        line = f"{self.what:{WIDTH}}{_number(self.value, self.unit):>14}"
        if self.target is None:
            return line
        verdict = "reached" if self.reached else "NOT REACHED"
        return f"{line}{'≤ ' + _number(self.target, self.unit):>14}{self._ratio():>8}   {verdict}"

    def _ratio(self) -> str:
        return f"{self.value / self.target:.2f} x" if self.target else "-"


def _number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return f"{text} {unit}".rstrip()


def machine() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {load()}"


def load() -> str:
    return "load " + " ".join(f"{one:.2f}" for one in os.getloadavg())


def show(figures: Iterable[Figure]) -> None:
    for figure in figures:
        print(f"  {figure}", flush=True)


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
