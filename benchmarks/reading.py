"""
4,000 objects, 2 MB of YAML, as the agent reads them.
"""

import statistics
import time

from agent.reading import parse
from benchmarks.bundles import mixed, text_of
from benchmarks.report import Figure

OBJECTS = 4000
SAMPLES = 5
TARGET_SECONDS = 2.0
BYTES_OF_A_MB = 1_000_000


def measure(effort: float) -> list[Figure]:
    text = text_of(mixed("bench", OBJECTS))
    seconds = [_read(text) for _ in range(max(1, round(SAMPLES * effort)))]
    return [
        Figure("bytes", len(text.encode()) / BYTES_OF_A_MB, "MB"),
        Figure(f"reading {OBJECTS:,} objects, processor time", statistics.median(seconds), "s", TARGET_SECONDS),
    ]


def _read(text: str) -> float:
    started = time.process_time()
    parse(text)
    return time.process_time() - started
