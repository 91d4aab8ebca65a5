"""
Counts that are kept where things come and go, beside what there is.
"""

import random

import pytest

from chalicelib.domain.agents import AgentChange, NewAgent
from chalicelib.domain.counts import Counts
from chalicelib.domain.generators import NewGenerator
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStack, StackChange
from chalicelib.errors.conflicts import Conflict, UniqueViolation
from chalicelib.services import agents, generators, stacks
from chalicelib.store import agents as agent_store
from chalicelib.store import stacks as stack_store
from chalicelib.store.tallies import counts
from chalicelib.store.writes import Together
from tests.support.recorder import recorder


def there_are():
    return Counts(sum(agent.is_active for agent in agent_store.all_live()), len(stack_store.all_live()))


def new_agent(name):
    """
    An active one; it is not so from its creation on.
    """
    agent, _ = agents.create_agent(ADMIN, NewAgent(name=name, cluster_name="test"))
    agents.update_agent(ADMIN, agent.id, AgentChange(status="ACTIVE"))
    return agent.id


def test_a_new_broker_has_none(installation):
    assert counts() == Counts(0, 0)


def test_what_is_refused_is_not_counted(installation):
    new_agent("one")
    stacks.create_stack(ADMIN, NewStack(name="web"))

    with pytest.raises(UniqueViolation):
        new_agent("one")
    with pytest.raises(UniqueViolation):
        stacks.create_stack(ADMIN, NewStack(name="web"))

    assert counts() == Counts(1, 1)


def test_a_generators_stacks_go_with_it(installation):
    generator, _ = generators.create_generator(ADMIN, NewGenerator(name="ci"))
    for name in ("web", "shop", "blog"):
        stacks.create_stack(ADMIN, NewStack(name=name, generator_id=generator.id))
    stacks.create_stack(ADMIN, NewStack(name="other"))

    generators.delete_generator(ADMIN, generator.id)

    assert counts() == Counts(0, 1)


def test_of_two_who_change_an_agents_status_at_once_one_counts(installation):
    """
    Both have read it as active: the second is refused, or it would be counted out twice.
    """
    id, together = new_agent("one"), Together()
    as_read = agent_store.get(id)
    agent_store.change(together, as_read, AgentChange(status="INACTIVE"), as_read.updated_at)
    agents.update_agent(ADMIN, id, AgentChange(status="INACTIVE"))

    with pytest.raises(Conflict):
        together.commit()

    assert counts() == Counts(0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_the_counts_are_what_there_is(installation, seed):
    chance, alive, made = random.Random(seed), [], []

    for step in range(30):
        match chance.choice(("agent", "status", "bury", "stack", "rename", "delete")):
            case "agent":
                alive.append(new_agent(f"agent-{step}"))
            case "status" if alive:
                agents.update_agent(
                    ADMIN, chance.choice(alive), AgentChange(status=chance.choice(("ACTIVE", "INACTIVE")))
                )
            case "bury" if alive:
                agents.delete_agent(ADMIN, alive.pop(chance.randrange(len(alive))))
            case "stack":
                made.append(stacks.create_stack(ADMIN, NewStack(name=f"stack-{step}")).id)
            case "rename" if made:
                stacks.update_stack(ADMIN, chance.choice(made), StackChange(name=f"renamed-{step}"))
            case "delete" if made:
                stacks.delete_stack(ADMIN, made.pop(chance.randrange(len(made))))

    assert counts() == there_are()


def test_to_know_it_is_one_query_however_many_there_are(installation):
    for number in range(20):
        stacks.create_stack(ADMIN, NewStack(name=f"stack-{number}"))

    with recorder.listening() as bodies:
        counts()

    ((operation, body),) = bodies
    assert operation == "Query"
    assert body["Count"] <= 16
