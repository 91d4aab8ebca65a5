"""
Which agents count in a rollout.
"""

import pytest

from chalicelib.domain.agents import (
    AgentChange,
    NewAgentAnnotation,
    NewAgentLabel,
    RegistrationRequest,
)
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStackAnnotation
from chalicelib.services import agents, generators, stacks, targets
from tests.support.place import Place
from tests.support.world import an_agent, register, rows


def test_a_stack_that_reaches_nobody_says_so(installation):
    place = Place(agents=0)
    place.push()

    found = place.rollout()

    assert (found.agents, found.verdict.value) == ([], "pending")
    assert found.message.startswith("No agent serves this stack: target an agent at it")


def test_an_agent_that_lacks_the_registration_is_not_counted_and_is_told_of(installation):
    place, agent = Place(agents=0), an_agent()
    stacks.add_label(place.ci, place.stack.id, "edge")
    agents.add_label(ADMIN, agent.id, NewAgentLabel(label="edge"))
    place.push()
    before = place.rollout()
    register(agent, place.ci)
    after = place.rollout()

    assert (before.agents, before.unregistered) == ([], 1)
    assert "not registered" in before.message
    assert (len(after.agents), after.unregistered) == (1, 0)


def test_each_way_to_a_stack_is_counted(place):
    labelled, annotated = an_agent(), an_agent()
    stacks.add_label(place.ci, place.stack.id, "edge")
    stacks.add_annotation(place.ci, place.stack.id, NewStackAnnotation(key="tier", value="web"))
    for agent in (labelled, place.agent):
        agents.add_label(ADMIN, agent.id, NewAgentLabel(label="edge"))
    agents.add_annotation(ADMIN, annotated.id, NewAgentAnnotation(key="tier", value="web"))
    for agent in (labelled, annotated):
        register(agent, place.ci)
    place.push()

    found = place.rollout()

    assert [found.matched(way) for way in ("target", "label", "annotation")] == [1, 2, 1]
    assert len(found.agents) == 3


def test_what_is_labelled_between_two_looks_counts_at_the_next(place):
    """
    What a look remembers of the one before must hide neither an agent nor a stack that has just been given a label.
    """
    first, second = an_agent(), an_agent()
    for agent in (first, second):
        register(agent, place.ci)
    place.push()

    def matched():
        found = place.rollout()
        return [found.matched(way) for way in ("target", "label", "annotation")]

    assert matched() == [1, 0, 0]
    stacks.add_label(place.ci, place.stack.id, "edge")
    assert matched() == [1, 0, 0]
    agents.add_label(ADMIN, first.id, NewAgentLabel(label="edge"))
    assert matched() == [1, 1, 0]
    agents.add_annotation(ADMIN, second.id, NewAgentAnnotation(key="tier", value="web"))
    stacks.add_annotation(place.ci, place.stack.id, NewStackAnnotation(key="tier", value="web"))
    assert matched() == [1, 1, 1]
    stacks.remove_label(place.ci, place.stack.id, "edge")
    assert matched() == [1, 0, 1]


@pytest.mark.parametrize("leave", ["target", "deletion", "registration"])
def test_an_agent_that_no_longer_serves_the_stack_is_not_counted(place, leave):
    stacks.add_label(place.ci, place.stack.id, "edge")
    labelled = an_agent()
    register(labelled, place.ci)
    agents.add_label(ADMIN, labelled.id, NewAgentLabel(label="edge"))
    revision = place.push()
    for agent in (place.agent, labelled):
        place.health(revision, "failing", agent=agent)
    before = len(place.rollout().agents)

    if leave == "target":
        targets.remove_target(ADMIN, place.agent.id, place.stack.id)
    elif leave == "deletion":
        agents.delete_agent(ADMIN, place.agent.id)
    else:
        generators.deregister_agent(labelled, place.ci.id, RegistrationRequest())

    assert (before, len(place.rollout().agents)) == (2, 1)


def test_agents_come_by_cluster_and_name(installation):
    place = Place(agents=3)
    for agent, (name, cluster) in zip(place.agents, [("b", "west"), ("a", "west"), ("z", "east")], strict=True):
        agents.update_agent(ADMIN, agent.id, AgentChange(name=name, cluster_name=cluster))
    place.push()

    assert [one.place for one in place.rollout().agents] == [("east", "z"), ("west", "a"), ("west", "b")]


def test_a_deleted_agent_is_found_by_no_stack(place, table):
    """
    Its labels and its side of its targets stay, as Brokkr has it.
    """
    agents.add_label(ADMIN, place.agent.id, NewAgentLabel(label="edge"))

    agents.delete_agent(ADMIN, place.agent.id)

    left = [row for row in rows(table) if row["sk"]["S"].startswith(("TARGET#", "LABEL#"))]
    assert {row["pk"]["S"] for row in left} == {f"AGENT#{place.agent.id}"}
    assert not any("gsi1pk" in row for row in left)
