"""
From a push to its object in the cluster, with an agent that polls every second.
"""

import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.client import Client, manifest
from benchmarks.report import Figure, percentile
from benchmarks.servers import BIN, a_broker
from tests.slow.kube import Kube, a_cluster

SAMPLES = 20
POLLING_SECONDS = 1
PATIENCE_SECONDS = 60
TARGET_SECONDS = 0.6


def measure(effort: float) -> list[Figure]:
    samples = max(2, round(SAMPLES * effort))
    with a_cluster() as kube, a_broker() as broker:
        admin = broker.admin()
        generator = admin.new_generator("bench")
        stack_id = generator.new_stack("bench")
        agent = admin.new_agent("bench", generator)
        admin.target(agent, stack_id)
        with _an_agent(broker.url, agent, kube), _Watch.on(kube) as watch:
            _applied_after(generator, stack_id, "first", watch)
            seconds = [_sample(generator, stack_id, f"sample {number}", watch) for number in range(samples)]
    return [
        Figure(f"push → applied, P50 of {samples}", statistics.median(seconds), "s", TARGET_SECONDS),
        Figure("push → applied, P90", percentile(seconds, 90), "s"),
        Figure("push → applied, the fastest", min(seconds), "s"),
        Figure("push → applied, the slowest", max(seconds), "s"),
    ]


def _sample(generator: Client, stack_id: str, text: str, watch: "_Watch") -> float:
    """
    At any moment of the agent's pause.
    """
    time.sleep(POLLING_SECONDS + random.uniform(0, POLLING_SECONDS))
    return _applied_after(generator, stack_id, text, watch)


def _applied_after(generator: Client, stack_id: str, text: str, watch: "_Watch") -> float:
    started = time.monotonic()
    generator.push(stack_id, manifest(text=text))
    return watch.moment_of(text) - started


class _Watch:
    """
    The ConfigMap's value as the API server tells it, with the moment of each change.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._seen: dict[str, float] = {}
        self._changed = threading.Condition()

    @classmethod
    @contextmanager
    def on(cls, kube: Kube) -> Iterator["_Watch"]:
        what = ["get", "configmap", "-n", "default", "--field-selector", "metadata.name=bench", "--watch"]
        command = [kube.program, "--kubeconfig", str(kube.kubeconfig), *what, "-o", 'jsonpath={.data.text}{"\\n"}']
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            watch = cls(process)
            threading.Thread(target=watch._read, daemon=True).start()
            try:
                yield watch
            finally:
                process.terminate()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            with self._changed:
                self._seen[line.strip()] = time.monotonic()
                self._changed.notify()

    def moment_of(self, text: str) -> float:
        with self._changed:
            if not self._changed.wait_for(lambda: text in self._seen, PATIENCE_SECONDS):
                raise TimeoutError(f"{text!r} was not applied within {PATIENCE_SECONDS} s")
            return self._seen[text]


@contextmanager
def _an_agent(url: str, agent: Client, kube: Kube) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="agent-") as folder:
        settings = {
            "BROKER_URL": url,
            "PAK": agent.pak,
            "AGENT_NAME": "bench",
            "CLUSTER_NAME": "bench",
            "POLLING_INTERVAL": str(POLLING_SECONDS),
            "KUBECONFIG_PATH": str(kube.kubeconfig),
            "HEALTH_HOST": "127.0.0.1",
            "HEALTH_PORT": "0",
            "DATA_DIR": f"{folder}/data",
        }
        env = {**os.environ, **{f"BROKKR__AGENT__{name}": value for name, value in settings.items()}}
        log = Path(folder) / "agent.log"
        with (
            log.open("wb") as out,
            subprocess.Popen([BIN / "brokkr-agent", "start"], env=env, stdout=out, stderr=out) as process,
        ):
            try:
                yield
            except TimeoutError as error:
                error.add_note(log.read_text()[-2000:])
                raise
            finally:
                process.terminate()
