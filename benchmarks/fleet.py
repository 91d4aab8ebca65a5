"""
An agent with stacks that have a past.
"""

from dataclasses import dataclass

from benchmarks.client import Client, etag_of
from benchmarks.history import fill


@dataclass(frozen=True)
class Fleet:
    name: str
    generator: Client
    agent: Client
    stacks: list[str]
    newest: list[str]
    etag: str


def new_fleet(admin: Client, name: str, *, stacks: int, history: int, by_label: bool = False) -> Fleet:
    """
    An agent in the middle of its life: it has applied and reported the newest of each of its stacks, and sent a
    heartbeat.
    """
    generator = admin.new_generator(name)
    agent = admin.new_agent(name, generator)
    made = [_new_stack(admin, generator, agent, f"{name}-{number}", by_label=by_label) for number in range(stacks)]
    if by_label:
        admin.call("POST", f"/api/v1/agents/{agent.id}/labels", {"agent_id": agent.id, "label": name})
    newest = [fill(generator, stack_id, history) for stack_id in made]
    agent.poll()
    for object_id in newest:
        agent.report(object_id, "applied")
    agent.heartbeat()
    return Fleet(name, generator, agent, made, newest, etag_of(agent.poll()))


def _new_stack(admin: Client, generator: Client, agent: Client, name: str, *, by_label: bool) -> str:
    stack_id = generator.new_stack(name)
    if by_label:
        generator.call("POST", f"/api/v1/stacks/{stack_id}/labels", name.rpartition("-")[0])
    else:
        admin.target(agent, stack_id)
    return stack_id
