"""
What somebody else changes or deletes, until it is back.
"""

import statistics
from collections.abc import Callable, Iterable
from functools import partial

from benchmarks.agents import Agent, Place, a_place
from benchmarks.bundles import mixed, name_of, text_of
from benchmarks.process import api_requests, for_the_work
from benchmarks.report import Figure, percentile
from benchmarks.sight import Sight

SAMPLES = 20
TARGET_MS = 2000
THEIRS = '{"data": {"text": "theirs"}}'


def measure(effort: float) -> list[Figure]:
    """
    Each time another object: a field that is taken too often is a fight, and left alone.
    """
    samples = max(2, round(SAMPLES * effort))
    with a_place() as place, place.namespace() as namespace, place.agent() as agent:
        agent.seen("deployed", place.push(place.new_stack(agent.client), text_of(mixed(namespace))))
        with place.sight(namespace) as sight:
            sight.text(name_of(0), "ours")
            change, delete = (partial(harm, place, namespace, sight) for harm in (_changed, _deleted))
            return [
                *_healed("a field changed", agent, change, range(samples)),
                *_healed("an object deleted", agent, delete, range(samples, 2 * samples)),
            ]


def _healed(what: str, agent: Agent, harm: Callable[[int], float], numbers: Iterable[int]) -> list[Figure]:
    before = api_requests(agent.metrics_url)
    waited = [harm(number) * 1000 for number in numbers]
    made = for_the_work(api_requests(agent.metrics_url) - before)
    return [
        Figure(f"{what} by another, until healed, P50 of {len(waited)}", statistics.median(waited), "ms", TARGET_MS),
        Figure("the same, P90", percentile(waited, 90), "ms"),
        Figure("the same, requests for each", made / len(waited)),
    ]


def _changed(place: Place, namespace: str, sight: Sight, number: int) -> float:
    """
    Both moments are those at which the API server tells of it.
    """
    name = name_of(number)
    place.cluster.kubectl("patch", "configmap", name, "-n", namespace, "--type=merge", "-p", THEIRS)
    harmed = sight.text(name, "theirs")
    return sight.first(lambda one: (one.name, one.text) == (name, "ours") and one.at > harmed, name) - harmed


def _deleted(place: Place, namespace: str, sight: Sight, number: int) -> float:
    name = name_of(number)
    place.cluster.kubectl("delete", "configmap", name, "-n", namespace)
    harmed = sight.first(lambda one: (one.name, one.type) == (name, "DELETED"), f"the end of {name}")
    return sight.first(lambda one: (one.name, one.type) == (name, "ADDED") and one.at > harmed, name) - harmed
