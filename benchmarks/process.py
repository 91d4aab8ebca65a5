"""
What a process has used, as the kernel counts it.
"""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

TICKS = os.sysconf("SC_CLK_TCK")
KIB_OF_A_MIB = 1024
METRIC = "brokkr_agent_kubernetes_operations_total"
BESIDE_THE_WORK = ("put", "watch")


@dataclass(frozen=True)
class Process:
    """
    One that runs.
    """

    pid: int

    @property
    def cpu_seconds(self) -> float:
        """
        Its own, in ticks of 10 ms; its children's are not in it.
        """
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def mib(self) -> float:
        return self._status("VmRSS")

    @property
    def peak_mib(self) -> float:
        return self._status("VmHWM")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith(f"{name}:"))) / KIB_OF_A_MIB


@dataclass(frozen=True)
class Spent:
    """
    What one piece of work took.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    requests: int = 0


def run_to_its_end(command: list[str], env: Mapping[str, str]) -> Spent:
    """
    Raises CalledProcessError where it fails.
    """
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Spent(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KIB_OF_A_MIB)


def api_requests(metrics_url: str) -> Counter[str]:
    """
    What an agent has asked of the API server so far, by operation, by its own count.
    """
    return counted(metrics_url, METRIC)


def counted(metrics_url: str, metric: str) -> Counter[str]:
    """
    A counter of an agent's, by its only label.
    """
    with urlopen(metrics_url, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = (line.split('"') for line in lines if line.startswith(f"{metric}{{"))
    return Counter({label: round(float(number.strip(" }"))) for _, label, number in found})


def for_the_work(requests: Counter[str]) -> int:
    """
    Without the open watches, and without the lease, which alone is renewed by PUT.
    """
    return sum(number for operation, number in requests.items() if operation not in BESIDE_THE_WORK)
