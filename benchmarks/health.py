"""
What it takes to know of 1,000 objects and 200 pods how they are: an agent that does beside one that does not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from benchmarks.agents import Agent, Place, a_place
from benchmarks.bundles import mixed, text_of
from benchmarks.process import api_requests, counted, for_the_work
from benchmarks.report import Figure

T = TypeVar("T")

REPLICAS, DEPLOYMENTS = 4, 50
MINUTE, LOOKED_AT_SECONDS, SHORTEST_LOOK_SECONDS = 60.0, 120.0, 65.0
SETTLED_AFTER_SECONDS = 70.0
PATIENCE_SECONDS = 180.0
EXTRA_MIB = 5
REPORTS = "brokkr_agent_health_reports_total"


@dataclass(frozen=True)
class Rest:
    """
    An agent with nothing to do: what it takes of memory, and in a minute.
    """

    mib: float
    requests: float
    watches: float
    cpu_ms: float
    reports: float


def measure(effort: float) -> list[Figure]:
    seconds = max(SHORTEST_LOOK_SECONDS, LOOKED_AT_SECONDS * effort)
    with a_place() as place:
        without, _ = _agent(place, seconds, "false")
        knowing, coming_up = _agent(place, seconds, "true")
    return [
        *coming_up,
        Figure("at rest, more memory than an agent without health", knowing.mib - without.mib, "MiB", EXTRA_MIB),
        Figure("at rest, memory", knowing.mib, "MiB"),
        Figure("at rest, requests in a minute, besides watches and lease", knowing.requests, "", 0),
        Figure("at rest, watches opened anew in a minute", knowing.watches),
        Figure("the same without health", without.watches),
        Figure("at rest, processor time in a minute", knowing.cpu_ms, "ms"),
        Figure("the same without health", without.cpu_ms, "ms"),
        Figure("at rest, reports of health to the broker in a minute", knowing.reports),
    ]


def _agent(place: Place, seconds: float, health: str) -> tuple[Rest, list[Figure]]:
    with place.namespace() as namespace, place.agent(DEPLOYMENT_HEALTH_ENABLED=health) as agent:
        stack_id, before = place.new_stack(agent.client), api_requests(agent.metrics_url)
        object_id = place.push(stack_id, text_of(mixed(namespace, replicas=REPLICAS)))
        applied = agent.seen("deployed", object_id)
        _await(lambda: _all_ready(place, namespace))
        coming_up = _coming_up(place, agent, object_id, applied) if health == "true" else []
        made = for_the_work(api_requests(agent.metrics_url) - before)
        time.sleep(SETTLED_AFTER_SECONDS)
        requests = Figure(f"requests until all pods are there, health {health}", made)
        return _at_rest(agent, seconds), [*coming_up, requests]


def _coming_up(place: Place, agent: Agent, object_id: str, applied: datetime) -> list[Figure]:
    """
    The broker's own word for when it heard that all is well.
    """
    path = f"/api/v1/deployment-objects/{object_id}/health"

    def healthy() -> list[str]:
        records = place.admin.call("GET", path).json()["health_records"]
        return [str(record["updated_at"]) for record in records if record["status"] == "healthy"]

    heard = datetime.fromisoformat(_await(healthy)[0])
    reports = counted(agent.metrics_url, REPORTS).total()
    return [
        Figure("from the apply of 50 Deployments to the broker's healthy", (heard - applied).total_seconds(), "s"),
        Figure("reports in that time", reports),
    ]


def _at_rest(agent: Agent, seconds: float) -> Rest:
    requests, cpu = api_requests(agent.metrics_url), agent.process.cpu_seconds
    reports, started = counted(agent.metrics_url, REPORTS), time.monotonic()
    time.sleep(seconds)
    minutes = (time.monotonic() - started) / MINUTE
    made = api_requests(agent.metrics_url) - requests
    return Rest(
        mib=agent.process.mib,
        requests=for_the_work(made) / minutes,
        watches=made["watch"] / minutes,
        cpu_ms=(agent.process.cpu_seconds - cpu) / minutes * 1000,
        reports=(counted(agent.metrics_url, REPORTS) - reports).total() / minutes,
    )


def _all_ready(place: Place, namespace: str) -> bool:
    ready = place.cluster.kubectl(
        *("get", "deployments", "-n", namespace, "-o", "jsonpath={range .items[*]}{.status.readyReplicas} {end}")
    )
    return ready.split() == [str(REPLICAS)] * DEPLOYMENTS


def _await(ask: Callable[[], T]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.5)
    raise TimeoutError
