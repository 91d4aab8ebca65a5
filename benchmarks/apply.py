"""
1,000 mixed objects into an empty namespace: the agent, with and without its dry run, beside kubectl.
"""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks.agents import Place, a_place
from benchmarks.bundles import mixed, text_of
from benchmarks.process import Spent, run_to_its_end
from benchmarks.report import Figure

ROUNDS = 5
TARGETS = {"agent, with its dry run": 0.8, "agent, without": 0.45}
WATCHES_OPEN_WITHIN_SECONDS = 2.0

Contestant = Callable[[Place, str], Spent]


def measure(effort: float) -> list[Figure]:
    """
    Turn and turn about, each time in a new namespace, with nothing of the last turn left.
    """
    rounds = max(1, round(ROUNDS * effort))
    with a_place() as place:
        kubectl = f"kubectl {_version(place)}"
        contestants: dict[str, Contestant] = {
            kubectl: _kubectl,
            "agent, with its dry run": partial(_agent, dry_run="true"),
            "agent, without": partial(_agent, dry_run="false"),
        }
        spent: dict[str, list[Spent]] = {name: [] for name in contestants}
        with place.namespace() as namespace:
            requests = _requests_of_kubectl(place, namespace)
        for number in range(rounds):
            for name in list(contestants)[:: 1 if number % 2 else -1]:
                with place.namespace() as namespace:
                    spent[name].append(contestants[name](place, namespace))
        return [*_absolute(spent, kubectl, requests), *_ratios(spent, kubectl)]


def _agent(place: Place, namespace: str, *, dry_run: str) -> Spent:
    """
    Its memory is looked at once its watches are open.
    """
    with place.agent(DRY_RUN=dry_run) as agent:
        stack_id = place.new_stack(agent.client)
        spent = agent.spends(lambda: place.push(stack_id, text_of(mixed(namespace))))
        time.sleep(WATCHES_OPEN_WITHIN_SECONDS)
        return replace(spent, peak_mib=agent.process.peak_mib)


def _kubectl(place: Place, namespace: str) -> Spent:
    return run_to_its_end(_command(place, namespace), _env(place))


def _command(place: Place, namespace: str) -> list[str]:
    file = place.folder / f"{namespace}.yaml"
    file.write_text(text_of(mixed(namespace)))
    return [_program(place), "apply", "--server-side", "--validate=false", "-f", str(file)]


def _program(place: Place) -> str:
    """
    The one that people use here, if there is one: it is the faster peer.
    """
    return shutil.which("kubectl") or place.cluster.program


def _env(place: Place) -> dict[str, str]:
    cluster = place.cluster
    return {**os.environ, "KUBECONFIG": str(cluster.kubeconfig), "KUBECACHEDIR": str(cluster.discovery)}


def _requests_of_kubectl(place: Place, namespace: str) -> int:
    """
    As it tells them itself; its cache of what the server can do is warm afterwards.
    """
    command = [*_command(place, namespace), "-v=6"]
    done = subprocess.run(command, env=_env(place), capture_output=True, text=True, check=True)
    return sum("milliseconds" in line for line in done.stderr.splitlines())


def _version(place: Place) -> str:
    command = [_program(place), "version", "--client"]
    said = subprocess.run(command, env=_env(place), capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0].rpartition(" ")[2]


def _absolute(spent: dict[str, list[Spent]], kubectl: str, requests: int) -> list[Figure]:
    figures = []
    for name, runs in spent.items():
        made = requests if name == kubectl else statistics.median(one.requests for one in runs)
        figures += [
            Figure(f"{name}, wall time, median of {len(runs)}", _median(runs, "seconds"), "s"),
            Figure(f"{name}, requests", made),
            Figure(f"{name}, processor time", _median(runs, "cpu_seconds"), "s"),
            Figure(f"{name}, peak of memory", _median(runs, "peak_mib"), "MiB"),
        ]
    return figures


def _ratios(spent: dict[str, list[Spent]], kubectl: str) -> list[Figure]:
    peer = _median(spent[kubectl], "seconds")
    return [
        Figure(f"{name} : kubectl, wall time", _median(spent[name], "seconds") / peer, "x", target)
        for name, target in TARGETS.items()
    ]


def _median(runs: list[Spent], what: str) -> float:
    return float(statistics.median(getattr(one, what) for one in runs))
