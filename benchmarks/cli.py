"""
What a pipeline waits for `brokkr` itself, beside a bare Python and kubectl.
"""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.bundles import mixed, text_of
from benchmarks.process import run_to_its_end
from benchmarks.report import Figure
from benchmarks.servers import BIN, a_broker

SAMPLES = 20
OBJECTS = 10
TARGET_SECONDS = 0.25


def measure(effort: float) -> list[Figure]:
    samples = max(3, round(SAMPLES * effort))
    figures = [
        Figure("`python -c pass`: wall time, P50", _median([sys.executable, "-c", "pass"], samples), "s"),
        Figure("`brokkr --version`, the same", _median([_brokkr(), "--version"], samples), "s", TARGET_SECONDS),
    ]
    kubectl = shutil.which("kubectl")
    if kubectl:
        version = _median([kubectl, "version", "--client"], samples)
        figures.append(Figure("`kubectl version --client`, the same", version, "s"))
    return [*figures, *_applies(samples)]


def _applies(samples: int) -> list[Figure]:
    """
    Each a push of its own to one stack, and then one that has nothing to push.
    """
    with a_broker() as broker, tempfile.TemporaryDirectory() as folder:
        pak = broker.admin().new_generator("bench").pak
        env = {**os.environ, "HOME": folder, "BROKKR_BROKER_URL": broker.url, "BROKKR_PAK": pak}
        file = Path(folder, "app.yaml")
        command = [_brokkr(), "apply", "-f", str(file), "--stack", "bench"]

        def change(number: int) -> None:
            file.write_text(text_of(mixed(f"bench-{number}", OBJECTS)))

        pushed = _median(command, samples, env, change)
        return [
            Figure(f"`brokkr apply` of {OBJECTS} objects, the same", pushed, "s"),
            Figure("`brokkr apply` of what is there already, the same", _median(command, samples, env), "s"),
        ]


def _median(
    command: list[str],
    samples: int,
    env: Mapping[str, str] = os.environ,
    before: Callable[[int], None] = lambda _: None,
) -> float:
    """
    Of runs after one that fills the caches of files.
    """
    seconds = []
    for number in range(samples + 1):
        before(number)
        seconds.append(run_to_its_end(command, env).seconds)
    return statistics.median(seconds[1:])


def _brokkr() -> str:
    return str(BIN / "brokkr")
