"""
From a push to its object in the cluster, with an agent that polls every second.
"""

import random
import statistics
import time

from benchmarks.agents import Place, a_place
from benchmarks.client import manifest
from benchmarks.report import Figure, percentile
from benchmarks.sight import Sight

SAMPLES = 20
POLLING_SECONDS = 1
TARGET_SECONDS = 0.6


def measure(effort: float) -> list[Figure]:
    samples = max(2, round(SAMPLES * effort))
    with a_place() as place, place.agent() as agent, place.sight("default") as sight:
        stack_id = place.new_stack(agent.client)
        _applied_after(place, stack_id, "first", sight)
        seconds = [_sample(place, stack_id, f"sample-{number}", sight) for number in range(samples)]
    return [
        Figure(f"push → applied, P50 of {samples}", statistics.median(seconds), "s", TARGET_SECONDS),
        Figure("push → applied, P90", percentile(seconds, 90), "s"),
        Figure("push → applied, the fastest", min(seconds), "s"),
        Figure("push → applied, the slowest", max(seconds), "s"),
    ]


def _sample(place: Place, stack_id: str, text: str, sight: Sight) -> float:
    """
    At any moment of the agent's pause.
    """
    time.sleep(POLLING_SECONDS + random.uniform(0, POLLING_SECONDS))
    return _applied_after(place, stack_id, text, sight)


def _applied_after(place: Place, stack_id: str, text: str, sight: Sight) -> float:
    started = time.monotonic()
    place.push(stack_id, manifest(text=text))
    return sight.text("bench", text) - started
