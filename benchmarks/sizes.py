"""
What the agent takes of memory: at start, with 100 stacks, with 4,000 objects.
"""

import os
import sys
import time
from datetime import datetime

from benchmarks.agents import Agent, Place, a_place
from benchmarks.bundles import mixed, text_of
from benchmarks.process import api_requests, for_the_work, run_to_its_end
from benchmarks.report import Figure
from tools.borrowed import ROOT

STACKS, OF_EACH = 100, 10
MANY = 4000
SETTLED_AFTER_SECONDS = 5.0
AT_START_MIB, APPLIED_MIB = 65, 120


def measure(effort: float) -> list[Figure]:
    """
    Sizes are what they are: of less effort there is less of them.
    """
    stacks, many = max(2, round(STACKS * effort)), max(OF_EACH, round(MANY * effort))
    with a_place() as place:
        return [*_at_start(place), *_many_stacks(place, stacks), *_many_objects(place, many)]


def _at_start(place: Place) -> list[Figure]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = run_to_its_end([sys.executable, "-m", "agent.kubeconfig", str(place.cluster.kubeconfig)], env)
    with place.agent() as agent:
        return [
            *_memory("at start", agent, AT_START_MIB),
            Figure("at start, of the child that reads the kubeconfig, for a second", asked.peak_mib, "MiB"),
        ]


def _many_stacks(place: Place, count: int) -> list[Figure]:
    with place.namespace() as namespace, place.agent() as agent:
        stacks = [place.new_stack(agent.client) for _ in range(count)]
        documents = mixed(namespace, count * OF_EACH)
        before = api_requests(agent.metrics_url)
        objects = [place.push(stack_id, text_of(documents[number::count])) for number, stack_id in enumerate(stacks)]
        ended = [agent.seen("deployed", object_id) for object_id in objects]
        begun = [agent.seen("taken up", object_id) for object_id in objects]
        behind = max((end - begin).total_seconds() for begin, end in zip(begun, ended, strict=True))
        what = f"{count} stacks of {OF_EACH} objects"
        return [
            Figure(f"{what}, one after another pushed: all applied after", _span(begun, ended), "s"),
            Figure(f"{what}, the longest that one took", behind, "s"),
            Figure(f"{what}, requests", for_the_work(api_requests(agent.metrics_url) - before)),
            *_memory(what, agent),
        ]


def _many_objects(place: Place, count: int) -> list[Figure]:
    with place.namespace() as namespace, place.agent() as agent:
        stack_id = place.new_stack(agent.client)
        spent = agent.spends(lambda: place.push(stack_id, text_of(mixed(namespace, count))))
        what = f"{count:,} objects in one stack"
        return [
            Figure(f"{what}, wall time", spent.seconds, "s"),
            Figure(f"{what}, processor time", spent.cpu_seconds, "s"),
            Figure(f"{what}, requests", spent.requests),
            *_memory(what, agent, APPLIED_MIB),
        ]


def _span(begun: list[datetime], ended: list[datetime]) -> float:
    return (max(ended) - min(begun)).total_seconds()


def _memory(what: str, agent: Agent, target: float | None = None) -> list[Figure]:
    time.sleep(SETTLED_AFTER_SECONDS)
    return [
        Figure(f"{what}, memory", agent.process.mib, "MiB", target),
        Figure(f"{what}, peak of memory", agent.process.peak_mib, "MiB", target),
    ]
