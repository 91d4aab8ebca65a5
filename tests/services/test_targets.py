from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentTarget, RegistrationRequest
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    AgentNotRegistered,
    AgentPakMismatch,
    TargetCreateDenied,
    TargetGeneratorMismatch,
)
from chalicelib.errors.invalid import AgentIdMismatch
from chalicelib.errors.not_found import AgentNotFound, AgentTargetNotFound, StackNotFound
from chalicelib.services import agents, generators, stacks, targets
from chalicelib.system import new_id
from tests.support.world import a_generator, a_stack, an_agent, rows

pytestmark = pytest.mark.usefixtures("installation")


def target(caller, agent, stack, **how):
    return targets.add_target(caller, agent.id, NewAgentTarget(stack_id=stack.id), **how)


def register(agent, generator):
    return generators.register_agent(agent, generator.id, RegistrationRequest())


def registered_with(agent):
    return {registration.generator_id for registration in targets.registrations(agent, agent.id)}


def test_a_generator_targets_its_own_stack_at_an_agent_that_has_consented():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    register(agent, ci)

    added = target(ci, agent, stack)

    assert targets.targets(agent, agent.id) == [added]
    assert (added.agent_id, added.stack_id) == (agent.id, stack.id)


def test_without_consent_a_generator_targets_nobody(table):
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    before = rows(table)

    with pytest.raises(AgentNotRegistered):
        target(ci, agent, stack)
    with pytest.raises(AgentNotRegistered):
        targets.add_target(ci, uuid4(), NewAgentTarget(stack_id=stack.id))
    with pytest.raises(AgentNotRegistered):
        targets.remove_target(ci, agent.id, stack.id)

    assert rows(table) == before


def test_a_deleted_agents_consent_counts_no_more():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    register(agent, ci)
    agents.delete_agent(ADMIN, agent.id)

    with pytest.raises(AgentNotRegistered):
        target(ci, agent, stack)


def test_an_admins_target_is_itself_consent():
    ci, agent = a_generator(), an_agent()

    target(ADMIN, agent, a_stack(ci))

    assert ci.id in registered_with(agent)
    target(ci, agent, a_stack(ci))


def test_an_admins_target_for_an_unknown_agent_registers_nobody(table):
    ci = a_generator()
    stack = a_stack(ci)
    before = rows(table)

    with pytest.raises(ForeignKeyViolation) as refused:
        targets.add_target(ADMIN, uuid4(), NewAgentTarget(stack_id=stack.id))

    assert refused.value.details == {"constraint": "fk_agent"}
    assert rows(table) == before


def test_an_agent_that_consents_while_the_admin_targets_it_is_targeted_all_the_same():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)

    def consenting():
        if ci.id not in registered_with(agent):
            register(agent, ci)
        return new_id()

    added = target(ADMIN, agent, stack, new_id=consenting)

    assert targets.targets(agent, agent.id) == [added]


def test_a_consent_that_is_withdrawn_while_its_target_is_written_stops_it():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    register(agent, ci)

    def withdrawing():
        generators.deregister_agent(agent, ci.id, RegistrationRequest())
        return new_id()

    with pytest.raises(AgentNotRegistered):
        target(ci, agent, stack, new_id=withdrawing)

    assert targets.targets(agent, agent.id) == []


def test_a_target_is_there_once():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    target(ADMIN, agent, stack)

    with pytest.raises(UniqueViolation) as refused:
        target(ADMIN, agent, stack)

    assert refused.value.details == {"constraint": "unique_agent_stack"}


def test_the_stack_comes_first_then_the_caller_then_consent_then_the_body():
    ci, other, agent = a_generator(), a_generator(), an_agent()
    stack = a_stack(ci)
    mismatched = NewAgentTarget(stack_id=stack.id, agent_id=uuid4())

    with pytest.raises(StackNotFound):
        targets.add_target(agent, agent.id, NewAgentTarget(stack_id=uuid4(), agent_id=uuid4()))
    with pytest.raises(TargetCreateDenied):
        targets.add_target(agent, agent.id, mismatched)
    with pytest.raises(TargetGeneratorMismatch):
        targets.add_target(other, agent.id, mismatched)
    with pytest.raises(AgentNotRegistered):
        targets.add_target(ci, agent.id, mismatched)
    register(agent, ci)
    with pytest.raises(AgentIdMismatch):
        targets.add_target(ci, agent.id, mismatched)


def test_a_target_is_removed_by_the_stacks_generator_and_by_the_admin():
    ci, agent = a_generator(), an_agent()
    one, two = a_stack(ci), a_stack(ci)
    target(ADMIN, agent, one)
    target(ADMIN, agent, two)

    targets.remove_target(ci, agent.id, one.id)
    targets.remove_target(ADMIN, agent.id, two.id)

    assert targets.targets(ADMIN, agent.id) == []


def test_a_target_that_is_not_there_is_not_found():
    ci, agent = a_generator(), an_agent()
    stack, dead = a_stack(ci), a_stack(ci)
    stacks.delete_stack(ci, dead.id)

    with pytest.raises(AgentTargetNotFound):
        targets.remove_target(ADMIN, agent.id, stack.id)
    with pytest.raises(StackNotFound):
        targets.remove_target(ADMIN, agent.id, dead.id)


def test_neither_an_agent_nor_another_generator_removes_a_target():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    added = target(ADMIN, agent, stack)

    with pytest.raises(TargetCreateDenied):
        targets.remove_target(agent, agent.id, stack.id)
    with pytest.raises(TargetGeneratorMismatch):
        targets.remove_target(a_generator(), agent.id, stack.id)

    assert targets.targets(ADMIN, agent.id) == [added]


def test_targets_and_registrations_are_read_by_the_agent_itself_and_the_admin():
    agent = an_agent()

    for caller in (an_agent(), a_generator()):
        with pytest.raises(AgentPakMismatch):
            targets.targets(caller, agent.id)
        with pytest.raises(AgentPakMismatch):
            targets.registrations(caller, agent.id)
    assert targets.targets(ADMIN, uuid4()) == []
    with pytest.raises(AgentNotFound):
        targets.registrations(ADMIN, uuid4())
