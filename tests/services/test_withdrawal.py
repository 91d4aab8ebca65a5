"""
What an agent was given and no longer has is taken back: by a deletion marker, until it has reported that done.
"""

from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentLabel, NewAgentTarget, RegistrationRequest
from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, NewDeploymentObject, Revision, checksum_of
from chalicelib.domain.principals import ADMIN
from chalicelib.errors.forbidden import AgentNotAssociated
from chalicelib.errors.not_found import DeploymentObjectNotFound
from chalicelib.services import agents, generators, stacks, targets
from chalicelib.services.deployment_objects import get_object, push
from chalicelib.services.given_stacks import take_back
from chalicelib.services.target_state import target_state
from chalicelib.store import deployment_objects as stored
from chalicelib.store import given_stacks
from chalicelib.store import stacks as kept
from chalicelib.system import now
from tests.support.world import Served, a_generator, a_stack, an_agent, config_map, register, rows


def is_marker(served):
    return served.revision.is_marker, served.content, served.revision.checksum


MARKER = (True, "", EMPTY_CHECKSUM)


def leave_by_target(served):
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)


def leave_by_deregistration(served):
    generators.deregister_agent(served.agent, served.ci.id, RegistrationRequest())


def leave_by_stack(served):
    stacks.delete_stack(served.ci, served.stack.id)


def leave_by_generator(served):
    generators.delete_generator(ADMIN, served.ci.id)


EVERY_WAY = [leave_by_target, leave_by_deregistration, leave_by_stack, leave_by_generator]


@pytest.mark.parametrize("leave", EVERY_WAY)
def test_what_an_agent_was_given_is_taken_back_by_a_marker(leave, served):
    served.push()
    served.poll()

    leave(served)

    [marker] = served.poll()
    assert is_marker(marker) == MARKER
    assert marker.revision.stack_id == served.stack.id


@pytest.mark.parametrize("leave", EVERY_WAY)
def test_a_marker_stays_until_the_agent_has_reported_it_done(leave, served):
    served.push()
    served.poll()
    leave(served)
    [marker] = served.poll()
    assert served.poll() == [marker]

    served.report(marker, "FAILURE")
    assert served.poll() == [marker]
    served.report(marker)

    assert served.poll() == []


@pytest.mark.parametrize("leave", EVERY_WAY)
def test_what_an_agent_never_was_given_is_not_taken_back(leave, served):
    served.push()

    leave(served)

    assert served.poll() == []


def test_a_label_taken_away_takes_the_stack_back(installation):
    ci, agent = a_generator(), an_agent()
    served = Served(ci, agent, a_stack(ci))
    register(agent, ci)
    stacks.add_label(ci, served.stack.id, "env:dev")
    agents.add_label(ADMIN, agent.id, NewAgentLabel(label="env:dev"))
    served.push()
    served.poll()

    agents.remove_label(ADMIN, agent.id, "env:dev")

    assert [is_marker(one) for one in served.poll()] == [MARKER]


def test_a_stack_that_comes_back_before_the_marker_is_done_is_served_again(served):
    pushed = served.push()
    served.poll()
    leave_by_target(served)
    served.poll()

    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))

    assert served.poll() == [pushed]


def test_a_stack_can_leave_and_come_back_and_leave_again(served):
    """
    The second removal is served under an id of its own: the report on the first one says nothing about it.
    """
    pushed = served.push()
    served.poll()
    leave_by_target(served)
    [first] = served.poll()
    served.report(first)
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))
    assert served.poll() == [pushed]

    leave_by_target(served)

    [second] = served.poll()
    assert is_marker(second) == MARKER
    assert second.revision.id != first.revision.id


def test_a_stack_that_came_back_within_a_removal_leaves_with_a_marker_again(served):
    """
    The agent may have carried the first removal out and applied the stack anew before it reported anything.
    """
    pushed = served.push()
    served.poll()
    leave_by_target(served)
    served.poll()
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))
    served.poll()
    served.report(pushed)

    leave_by_target(served)

    assert [is_marker(one) for one in served.poll()] == [MARKER]


def test_a_withdrawal_is_put_on_record_once_and_polled_without_writing(served, table):
    served.push()
    served.poll()
    leave_by_target(served)
    [marker] = served.poll()
    before = rows(table)

    assert served.poll() == [marker]

    assert rows(table) == before


def test_the_admins_look_at_a_withdrawal_does_not_pass_for_the_agents(served, table):
    served.push()
    served.poll()
    leave_by_target(served)
    before = rows(table)

    [marker] = target_state(ADMIN, served.agent.id).objects

    assert is_marker(marker) == MARKER
    assert rows(table) == before


def test_a_stack_that_comes_back_is_served_anew_to_an_agent_that_asks_incrementally(served):
    """
    It has reported this very object, and then removed it.
    """
    pushed = served.push()
    served.poll()
    served.report(pushed)
    leave_by_target(served)
    served.poll(incremental=True)
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))

    assert served.poll(incremental=True) == [pushed]
    assert served.poll(incremental=True) == [pushed]
    served.report(pushed)
    assert served.poll(incremental=True) == []


def test_the_agent_can_read_the_marker_by_its_id(served):
    served.push()
    served.poll()
    leave_by_target(served)
    [marker] = served.poll(content=False)

    assert get_object(served.agent, marker.revision.id).content == ""
    with pytest.raises(DeploymentObjectNotFound):
        get_object(an_agent(), marker.revision.id)
    with pytest.raises(DeploymentObjectNotFound):
        get_object(ADMIN, marker.revision.id)


def test_the_agent_can_read_the_marker_of_a_deleted_stack(served):
    served.push()
    served.poll()
    leave_by_stack(served)
    [marker] = served.poll(content=False)

    assert get_object(served.agent, marker.revision.id).content == ""
    with pytest.raises(AgentNotAssociated):
        get_object(an_agent(), marker.revision.id)


def test_what_came_of_a_push_that_died_before_the_last_step_is_taken_back_too(served):
    """
    The agent was given the entry; the pointer on the stack never came to say so.
    """
    died = a_push_without_its_pointer(served)
    assert [one.revision for one in served.poll()] == [died]

    leave_by_target(served)

    [marker] = served.poll()
    assert is_marker(marker) == MARKER
    assert get_object(served.agent, marker.revision.id) == marker
    served.report(marker)
    assert served.poll() == []


def a_push_without_its_pointer(served):
    died = Revision(
        id=uuid4(),
        stack_id=served.stack.id,
        sequence_id=kept.next_sequence(served.stack.id, served.ci),
        checksum=checksum_of(config_map("app")),
        is_marker=False,
        created_at=now(),
    )
    stored.write(died, config_map("app"))
    stored.commit(died)
    return died


def test_taking_one_stack_back_leaves_the_others_as_they_are(served):
    other = a_stack(served.ci)
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=other.id))
    served.push()
    kept = push(served.ci, other.id, NewDeploymentObject(yaml_content=config_map("kept")))
    served.poll()

    leave_by_target(served)

    [one, two] = sorted(served.poll(), key=is_marker)
    assert one == kept
    assert is_marker(two) == MARKER


def test_a_removal_that_is_done_late_does_not_lose_a_stack_that_came_back(served):
    """
    The agent took it away, reports so after it was targeted anew, and is given it again.
    """
    pushed = served.push()
    served.poll()
    leave_by_target(served)
    [marker] = served.poll()
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))

    served.report(marker)

    assert served.poll() == [pushed]
    leave_by_target(served)
    assert [is_marker(one) for one in served.poll()] == [MARKER]


def test_a_poll_puts_on_record_again_what_the_agent_says_it_has(served):
    """
    A report on a removal was under way while the stack came back: the record went after the poll that needed it.
    """
    served.push()
    served.poll()
    etag = target_state(served.agent, served.agent.id).etag
    take_back(given_stacks.find(served.agent.id, served.stack.id))

    assert served.poll(known=lambda tag: tag == etag) is None
    leave_by_target(served)

    assert [is_marker(one) for one in served.poll()] == [MARKER]
