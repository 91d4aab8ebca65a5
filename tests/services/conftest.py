import pytest

from chalicelib.domain.agents import NewAgentTarget
from chalicelib.domain.principals import ADMIN
from chalicelib.services import targets
from tests.support.place import Place
from tests.support.world import Served, a_generator, a_stack, an_agent


@pytest.fixture
def served(installation):
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=stack.id))
    return Served(ci, agent, stack)


@pytest.fixture
def place(installation):
    return Place()
