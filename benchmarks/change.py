"""
One object of 1,000 changed, and 500 of them removed.
"""

import json
import random
import statistics
import time

from benchmarks.agents import Place, a_place
from benchmarks.bundles import config_map, mixed, name_of, text_of
from benchmarks.process import api_requests, for_the_work
from benchmarks.report import Figure, percentile
from benchmarks.sight import Sight

SAMPLES = 20
OBJECTS, REMOVED = 1000, 500
POLLING_SECONDS = 1
CHANGED_TARGET_SECONDS = 0.6
CHANGED_TARGET_REQUESTS = 2  # a dry run and an apply


def measure(effort: float) -> list[Figure]:
    samples = max(2, round(SAMPLES * effort))
    with a_place() as place, place.namespace() as namespace, place.agent() as agent:
        stack_id = place.new_stack(agent.client)
        agent.seen("deployed", place.push(stack_id, text_of(mixed(namespace, OBJECTS))))
        with place.sight(namespace) as sight:
            sight.text(name_of(0), "ours")
            before = api_requests(agent.metrics_url)
            seconds = [_change(place, stack_id, namespace, number, sight) for number in range(samples)]
            made = for_the_work(api_requests(agent.metrics_url) - before) / samples
        removal = agent.spends(lambda: _remove(place, stack_id, namespace))
    return [
        Figure(
            f"1 of {OBJECTS:,} changed, push → applied, P50", statistics.median(seconds), "s", CHANGED_TARGET_SECONDS
        ),
        Figure("the same, P90", percentile(seconds, 90), "s"),
        Figure("the same, requests", made, "", CHANGED_TARGET_REQUESTS),
        Figure(f"{REMOVED} of {OBJECTS:,} removed, wall time", removal.seconds, "s"),
        Figure("the same, requests", removal.requests),
        Figure("the same, processor time", removal.cpu_seconds, "s"),
    ]


def _change(place: Place, stack_id: str, namespace: str, number: int, sight: Sight) -> float:
    """
    At any moment of the agent's pause.
    """
    documents = [config_map(namespace, 0, f"change-{number}"), *mixed(namespace, OBJECTS)[1:]]
    time.sleep(POLLING_SECONDS + random.uniform(0, POLLING_SECONDS))
    started = time.monotonic()
    place.push(stack_id, text_of(documents))
    return sight.text(name_of(0), f"change-{number}") - started


def _remove(place: Place, stack_id: str, namespace: str) -> str:
    """
    Every other object, which one of those that stay confirms.
    """
    confirmed = json.dumps({"brokkr.io/confirm-deletions": str(REMOVED)})
    documents = [config_map(namespace, 0, annotations=confirmed), *mixed(namespace, OBJECTS)[2::2]]
    return place.push(stack_id, text_of(documents))
