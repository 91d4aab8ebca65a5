"""
What DynamoDB would bill for a look at a rollout.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client, etag_of, manifest
from benchmarks.history import fill
from benchmarks.in_process import install
from benchmarks.report import Figure
from benchmarks.servers import a_store
from benchmarks.wire import Cost, wire

AGENTS, FLEET = 10, 1000
BY_TARGET, BY_LABEL, BY_ANNOTATION = "target", "label", "annotation"
WAYS = {
    "target": (BY_TARGET,),
    "a label": (BY_LABEL,),
    "an annotation": (BY_ANNOTATION,),
    "a label and an annotation": (BY_LABEL, BY_ANNOTATION),
}
SHORT, LONG = 10, 1000
TARGET = 4
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Crew:
    """
    Ten agents that serve one stack of a generator.
    """

    generator: Client
    agents: Sequence[Client]
    stack_id: str
    newest: str


def measure(effort: float) -> list[Figure]:
    fleet, long = max(AGENTS, round(FLEET * effort)), max(SHORT, round(LONG * effort))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_store(Path(folder)) as endpoint:
        admin = install(endpoint)
        crews = {what: new_crew(admin, f"crew-{n}", SHORT, *ways) for n, (what, ways) in enumerate(WAYS.items())}
        by_target = crews["target"]
        figures = []
        for what, crew in crews.items():
            figures += [_first_look(f"by {what}", crew), *_looks(f"by {what}", crew)]
        for number in range(fleet - len(crews) * AGENTS):
            admin.new_agent(f"other-{number}", by_target.generator)
        figures += _looks(f"by target, {fleet:,} agents in the fleet", by_target)
        past = new_crew(admin, "past", long, BY_TARGET)
        return [*figures, *_looks(f"by target, history of {long:,}", past)]


def new_crew(admin: Client, name: str, history: int, *ways: str) -> Crew:
    generator = admin.new_generator(name)
    agents = [admin.new_agent(f"{name}-{number}", generator) for number in range(AGENTS)]
    stack_id = generator.new_stack(name)
    pair = {"key": "crew", "value": name}
    if BY_LABEL in ways:
        generator.call("POST", f"/api/v1/stacks/{stack_id}/labels", name)
    if BY_ANNOTATION in ways:
        generator.call("POST", f"/api/v1/stacks/{stack_id}/annotations", pair)
    for agent in agents:
        if BY_TARGET in ways:
            admin.target(agent, stack_id)
        if BY_LABEL in ways:
            admin.call("POST", f"/api/v1/agents/{agent.id}/labels", {"label": name})
        if BY_ANNOTATION in ways:
            admin.call("POST", f"/api/v1/agents/{agent.id}/annotations", pair)
    before = [fill(generator, stack_id, history), *(_push(generator, stack_id) for _ in range(3))]
    for object_id in before:
        _come_up(agents, object_id)
    return Crew(generator, agents, stack_id, before[-1])


def _push(generator: Client, stack_id: str) -> str:
    pushed: str = generator.push(stack_id, manifest())["id"]
    return pushed


def _come_up(agents: Sequence[Client], object_id: str) -> None:
    for agent in agents:
        agent.poll()
        agent.heartbeat()
        agent.report(object_id, f"applied {object_id}")
        agent.report_health([object_id], "healthy")


def _first_look(what: str, crew: Crew) -> Figure:
    path = f"/api/v1/stacks/{crew.stack_id}/rollout?deployment_object_id={crew.newest}"
    cost = wire.cost_of(lambda: crew.generator.call("GET", path))
    return Figure(f"rollout {what}, before anything is remembered, read units", cost.reads, "RU")


def _looks(what: str, crew: Crew) -> list[Figure]:
    newest = f"/api/v1/stacks/{crew.stack_id}/rollout"
    named = f"{newest}?deployment_object_id={crew.newest}"
    unnamed, _ = _unchanged(crew, newest)
    by_id, seconds = _unchanged(crew, named)
    return [
        Figure(f"rollout {what}, unchanged, object named, read units", by_id.reads, "RU", TARGET),
        Figure(f"rollout {what}, unchanged, object not named, read units", unnamed.reads, "RU", TARGET),
        Figure(f"rollout {what}, unchanged, object named", seconds * 1000, "ms"),
    ]


def _unchanged(crew: Crew, path: str) -> tuple[Cost, float]:
    """
    Raises ValueError for anything but a 304.
    """
    etag = etag_of(crew.generator.call("GET", path))
    started = time.perf_counter()
    with wire.metered() as cost:
        answer = crew.generator.call("GET", path, headers={"If-None-Match": etag})
    if answer.status != NOT_MODIFIED:
        raise ValueError(f"an unchanged rollout was answered {answer.status}")
    return cost, time.perf_counter() - started
