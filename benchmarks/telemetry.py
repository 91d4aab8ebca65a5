"""
What it takes to pass on the events of 1,000 objects with 200 pods, and the words of 50 containers.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.agents import Agent, Place, a_place
from benchmarks.bundles import mixed, text_of
from benchmarks.kubelet import logs_of
from benchmarks.process import api_requests, for_the_work
from benchmarks.report import Figure

REPLICAS = 4
MINUTE, LOOKED_AT_SECONDS, SHORTEST_LOOK_SECONDS = 60.0, 120.0, 30.0
SETTLED_AFTER_SECONDS = 30.0
EXTRA_MIB = 10
ASKING = 'metadata: {annotations: {brokkr.io/stream-logs: "true"}, labels:'
NONE = {"KUBE_EVENTS": "false", "POD_LOGS": "false"}


@dataclass(frozen=True)
class Taken:
    """
    From an agent: until all pods were there, and afterwards.
    """

    requests: float
    mib: float
    requests_a_minute: float
    watches_a_minute: float
    cpu_ms_a_minute: float


def measure(effort: float) -> list[Figure]:
    seconds = max(SHORTEST_LOOK_SECONDS, LOOKED_AT_SECONDS * effort)
    with a_place() as place, logs_of(place.cluster, place.folder, _words):
        without = _taken(place, seconds, **NONE)
        events = _taken(place, seconds)
        words = _taken(place, seconds, asking=True)
    return [
        Figure("requests until 200 pods are there, more than without telemetry", events.requests - without.requests),
        Figure("more memory than without telemetry", events.mib - without.mib, "MiB", EXTRA_MIB),
        Figure("requests in a minute, besides watches and lease", events.requests_a_minute, "", 0),
        Figure("watches opened anew in a minute", events.watches_a_minute),
        Figure("processor time in a minute", events.cpu_ms_a_minute, "ms"),
        Figure("the same without telemetry", without.cpu_ms_a_minute, "ms"),
        Figure("50 containers followed, a line a second each: more memory", words.mib - events.mib, "MiB", EXTRA_MIB),
        Figure("the same: requests in a minute", words.requests_a_minute),
        Figure("the same: processor time in a minute", words.cpu_ms_a_minute, "ms"),
    ]


def _taken(place: Place, seconds: float, *, asking: bool = False, **settings: str) -> Taken:
    with place.namespace() as namespace, place.agent(DEPLOYMENT_HEALTH_ENABLED="false", **settings) as agent:
        text = text_of(mixed(namespace, replicas=REPLICAS))
        before = for_the_work(api_requests(agent.metrics_url))
        pushed = place.push(
            place.new_stack(agent.client), text.replace("metadata: {labels:", ASKING) if asking else text
        )
        agent.seen("deployed", pushed)
        place.cluster.kubectl(
            "wait", "--for=condition=Available", "deployment", "--all", "-n", namespace, "--timeout=180s"
        )
        time.sleep(SETTLED_AFTER_SECONDS)
        return _afterwards(agent, for_the_work(api_requests(agent.metrics_url)) - before, seconds)


def _afterwards(agent: Agent, requests: float, seconds: float) -> Taken:
    before, cpu, started = api_requests(agent.metrics_url), agent.process.cpu_seconds, time.monotonic()
    time.sleep(seconds)
    minutes = (time.monotonic() - started) / MINUTE
    made = api_requests(agent.metrics_url) - before
    return Taken(
        requests=requests,
        mib=agent.process.mib,
        requests_a_minute=for_the_work(made) / minutes,
        watches_a_minute=made["watch"] / minutes,
        cpu_ms_a_minute=(agent.process.cpu_seconds - cpu) / minutes * 1000,
    )


def _words(pod: str, _container: str, _query: Mapping[str, str]) -> Iterator[str]:
    while True:
        yield f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z INFO {pod} GET /api/v1/orders/12345 200 in 13 ms"
        time.sleep(1)
