"""
Which agents serve a stack, and which stacks an agent serves, are one question.
"""

import random
from datetime import UTC, datetime

import pytest

from chalicelib.domain.agents import NewAgentAnnotation, NewAgentLabel, NewAgentTarget
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStackAnnotation
from chalicelib.services import agents, stacks, targets
from chalicelib.services.serving import serving
from chalicelib.services.target_state import associated_stacks
from chalicelib.store import targets as kept
from tests.support.world import a_generator, a_stack, an_agent, register

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = ("red", "green", "blue")


@pytest.mark.parametrize("seed", range(5))
def test_both_sides_give_the_same_answer(installation, seed):
    chance = random.Random(seed)
    generators = [a_generator() for _ in range(2)]
    all_agents, all_stacks = [an_agent() for _ in range(4)], [a_stack(chance.choice(generators)) for _ in range(4)]
    for agent in all_agents:
        for word in chance.sample(WORDS, chance.randint(0, 2)):
            agents.add_label(ADMIN, agent.id, NewAgentLabel(label=word))
        agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="colour", value=chance.choice(WORDS)))
        for generator in chance.sample(generators, chance.randint(0, 2)):
            register(agent, generator)
    for stack in all_stacks:
        for word in chance.sample(WORDS, chance.randint(0, 2)):
            stacks.add_label(ADMIN, stack.id, word)
        stacks.add_annotation(ADMIN, stack.id, NewStackAnnotation(key="colour", value=chance.choice(WORDS)))
        targets.add_target(ADMIN, chance.choice(all_agents).id, NewAgentTarget(stack_id=stack.id))

    from_stacks = set()
    for stack in all_stacks:
        found, targeted = kept.stack_and_agents(stack.id, consistent=True)
        from_stacks |= {(server.agent.id, stack.id) for server in serving(found, targeted, NOON).servers}

    from_agents = {(agent.id, stack.id) for agent in all_agents for stack in associated_stacks(ADMIN, agent.id)}
    assert from_stacks == from_agents
    assert from_stacks
