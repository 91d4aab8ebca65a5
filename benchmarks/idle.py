"""
1,000 objects applied, and nothing changes: at the agent's own pace, a poll every ten seconds.
"""

import time

from benchmarks.agents import a_place
from benchmarks.bundles import mixed, text_of
from benchmarks.process import api_requests, for_the_work
from benchmarks.report import Figure

MINUTE = 60.0
LOOKED_AT_SECONDS = 120.0
SHORTEST_LOOK_SECONDS = 20.0
QUIET_AFTER_SECONDS = 10.0
POLLING_SECONDS = 10
RENEWALS_AT_MOST = 6.7  # every ten seconds, give or take a tenth


def measure(effort: float) -> list[Figure]:
    looked_at = max(SHORTEST_LOOK_SECONDS, LOOKED_AT_SECONDS * effort)
    with (
        a_place() as place,
        place.namespace() as namespace,
        place.agent(POLLING_INTERVAL=str(POLLING_SECONDS)) as agent,
    ):
        agent.seen("deployed", place.push(place.new_stack(agent.client), text_of(mixed(namespace))))
        time.sleep(QUIET_AFTER_SECONDS)
        before, cpu, started = api_requests(agent.metrics_url), agent.process.cpu_seconds, time.monotonic()
        time.sleep(looked_at)
        cpu = agent.process.cpu_seconds - cpu
        made = api_requests(agent.metrics_url) - before
        minutes = (time.monotonic() - started) / MINUTE
    return [
        Figure("requests in a minute, besides watches and lease", for_the_work(made) / minutes, "", 0),
        Figure("renewals of the lease in a minute", made["put"] / minutes, "", RENEWALS_AT_MOST),
        Figure("watches opened anew in a minute", made["watch"] / minutes),
        Figure("processor time in a minute", cpu / minutes * 1000, "ms"),
    ]
