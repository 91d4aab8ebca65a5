from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import AgentChange, NewAgentAnnotation, NewAgentLabel, NewAgentTarget
from chalicelib.domain.deployment_objects import NewDeploymentObject, Revision, checksum_of
from chalicelib.domain.diagnostics import NewDiagnostic
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStackAnnotation
from chalicelib.errors.forbidden import (
    AgentNotAssociated,
    AgentNotRegistered,
    AgentPakMismatch,
    TargetGeneratorMismatch,
)
from chalicelib.services import agents, diagnostics, generators, stacks, targets
from chalicelib.services.deployment_objects import get_object, push
from chalicelib.services.target_state import associated_stacks, target_state
from chalicelib.store import deployment_objects as stored
from chalicelib.store import stacks as kept
from chalicelib.system import now
from tests.support.recorder import recorder
from tests.support.world import a_generator, a_stack, an_agent, config_map, register, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

# What is served


def test_an_agent_without_stacks_has_nothing_to_do(installation):
    agent = an_agent()

    assert target_state(agent, agent.id).objects == []
    assert associated_stacks(agent, agent.id) == []


def test_a_stack_without_objects_adds_nothing(served):
    assert served.poll() == []
    assert associated_stacks(served.agent, served.agent.id) == [served.stack]


def test_the_newest_object_alone_is_served(served):
    served.push("old")
    new = served.push("new")

    assert served.poll() == [new]


def test_an_object_stays_in_the_answer_after_it_is_reported(served):
    """
    What is there stays listed: an agent that lost its disk must be able to start over.
    """
    pushed = served.push()
    served.poll()

    served.report(pushed)

    assert served.poll() == [pushed]


def test_a_marker_that_was_pushed_is_served_until_it_is_reported_done(served):
    marker = push(served.ci, served.stack.id, NewDeploymentObject(yaml_content="", is_deletion_marker=True))
    assert served.poll() == [marker]

    served.report(marker, "FAILURE")
    assert served.poll() == [marker]
    served.report(marker, "SUCCESS")

    assert served.poll() == []


def test_the_highest_sequence_comes_first(served):
    other = a_stack(served.ci)
    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=other.id))
    one = served.push()
    push(served.ci, other.id, NewDeploymentObject(yaml_content=config_map("a")))
    two = push(served.ci, other.id, NewDeploymentObject(yaml_content=config_map("b")))

    assert served.poll() == [two, one]


def test_without_content_the_answer_says_everything_else(served):
    pushed = served.push()

    [light] = served.poll(content=False)

    assert (light.revision, light.content) == (pushed.revision, None)


def test_an_agent_that_was_deleted_has_no_target_state(served):
    served.push()
    agents.delete_agent(ADMIN, served.agent.id)

    for gone in (served.agent.id, uuid4()):
        state = target_state(ADMIN, gone)
        assert (state.objects, state.status, state.pending_diagnostics) == ([], None, 0)


@pytest.mark.parametrize("stranger", [a_generator, an_agent])
def test_only_the_agent_itself_and_the_admin_read_a_target_state(stranger, served):
    other = stranger()

    with pytest.raises(AgentPakMismatch):
        target_state(other, served.agent.id)
    with pytest.raises(AgentPakMismatch):
        associated_stacks(other, served.agent.id)

    assert target_state(ADMIN, served.agent.id).objects == []


# Incremental


@pytest.mark.parametrize("status", ["SUCCESS", "FAILURE"])
def test_incremental_leaves_out_what_was_reported_until_a_newer_push(status, served):
    first = served.push("one")
    assert served.poll(incremental=True) == [first]
    served.report(first, status)
    assert served.poll(incremental=True) == []

    second = served.push("two")

    assert served.poll(incremental=True) == [second]


# An unchanged poll


def test_an_unchanged_poll_has_the_same_etag_and_no_objects(served):
    served.push()
    first = target_state(served.agent, served.agent.id)

    again = target_state(served.agent, served.agent.id, known=lambda etag: etag == first.etag)

    assert again.etag == first.etag
    assert again.objects is None


def test_a_poll_says_whether_the_agent_is_active_and_the_etag_does_not(served):
    served.push()
    before = target_state(served.agent, served.agent.id)
    agents.update_agent(ADMIN, served.agent.id, AgentChange(status="ACTIVE"))

    after = target_state(served.agent, served.agent.id)

    assert (before.status, after.status) == ("INACTIVE", "ACTIVE")
    assert before.etag == after.etag


def test_a_poll_counts_the_diagnostics_that_can_still_be_claimed(served):
    """
    Claimed and expired ones are none of the agent's business any more.
    """
    pushed, counts = served.push().revision.id, []
    new = NewDiagnostic(agent_id=served.agent.id, retention_minutes=5)
    first, _ = (diagnostics.ask(ADMIN, pushed, new, now=lambda: NOON) for _ in range(2))

    for minute in (0, 1, 5):
        at = NOON + timedelta(minutes=minute)
        if minute == 1:
            diagnostics.claim(served.agent, first.id, now=lambda at=at: at)
        state = target_state(served.agent, served.agent.id, now=lambda at=at: at)
        counts.append(state.pending_diagnostics)

    assert counts == [2, 1, 0]


def test_what_a_poll_says_of_its_agent_costs_no_read(served):
    """
    An agent would have to ask for it every few seconds.
    """
    served.push()
    diagnostics.ask(ADMIN, served.poll()[0].revision.id, NewDiagnostic(agent_id=served.agent.id))

    with recorder.recording() as needs:
        target_state(served.agent, served.agent.id, known=lambda _: True)

    assert {need.action for need in needs} == {"dynamodb:Query", "dynamodb:BatchGetItem"}


def test_an_unchanged_poll_writes_nothing(served, table):
    served.push()
    served.poll()
    before = rows(table)

    served.poll()

    assert rows(table) == before


def test_the_admins_look_at_a_target_state_writes_nothing(served, table):
    """
    Only what the agent itself was given may have to be taken back from it.
    """
    served.push()
    before = rows(table)

    target_state(ADMIN, served.agent.id)

    assert rows(table) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda served: served.push("new"),
        lambda served: stacks.delete_stack(served.ci, served.stack.id),
        lambda served: targets.remove_target(ADMIN, served.agent.id, served.stack.id),
    ],
    ids=["push", "stack deleted", "target removed"],
)
def test_a_change_has_another_etag(change, served):
    served.push()
    before = target_state(served.agent, served.agent.id).etag

    change(served)

    assert target_state(served.agent, served.agent.id).etag != before


def test_each_form_of_the_answer_has_its_own_etag(served):
    served.push()

    etags = {
        target_state(served.agent, served.agent.id, incremental=incremental, content=content).etag
        for incremental in (False, True)
        for content in (False, True)
    }

    assert len(etags) == 4


# Association


def test_a_label_in_common_associates_where_the_agent_is_registered(installation):
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    stacks.add_label(ci, stack.id, "env:dev")
    agents.add_label(ADMIN, agent.id, NewAgentLabel(label="env:dev"))
    assert associated_stacks(agent, agent.id) == []

    register(agent, ci)

    assert [one.id for one in associated_stacks(agent, agent.id)] == [stack.id]


def test_an_annotation_in_common_associates_where_the_agent_is_registered(installation):
    ci, agent = a_generator(), an_agent()
    stack, near_miss = a_stack(ci), a_stack(ci)
    stacks.add_annotation(ci, stack.id, NewStackAnnotation(key="team", value="web"))
    stacks.add_annotation(ci, near_miss.id, NewStackAnnotation(key="team", value="shop"))
    agents.add_annotation(ADMIN, agent.id, NewAgentAnnotation(key="team", value="web"))
    assert associated_stacks(agent, agent.id) == []

    register(agent, ci)

    assert [one.id for one in associated_stacks(agent, agent.id)] == [stack.id]


def test_a_stack_that_matches_in_every_way_is_served_once(served):
    register_once = {one.generator_id for one in targets.registrations(served.agent, served.agent.id)}
    stacks.add_label(served.ci, served.stack.id, "env:dev")
    agents.add_label(ADMIN, served.agent.id, NewAgentLabel(label="env:dev"))
    pushed = served.push()

    assert served.ci.id in register_once
    assert served.poll() == [pushed]


def test_an_admins_target_is_consent_in_itself(installation):
    """
    The tutorial's admin targets the default agent without a registration.
    """
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)

    targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=stack.id))

    assert ci.id in {one.generator_id for one in targets.registrations(agent, agent.id)}
    assert [one.agent_id for one in generators.registered_agents(ci, ci.id)] == [agent.id]


def test_a_generators_target_needs_the_agents_consent_and_a_stack_of_its_own(installation):
    ci, other, agent = a_generator(), a_generator(), an_agent()
    stack, foreign = a_stack(ci), a_stack(other)

    with pytest.raises(AgentNotRegistered):
        targets.add_target(ci, agent.id, NewAgentTarget(stack_id=stack.id))
    register(agent, ci)
    with pytest.raises(TargetGeneratorMismatch):
        targets.add_target(ci, agent.id, NewAgentTarget(stack_id=foreign.id))

    targets.add_target(ci, agent.id, NewAgentTarget(stack_id=stack.id))

    assert associated_stacks(agent, agent.id) == [stack]


# Reading by id


def test_an_agent_reads_the_objects_of_what_it_is_associated_with_in_any_way(installation):
    ci, agent, stranger = a_generator(), an_agent(), an_agent()
    stack = a_stack(ci)
    pushed = push(ci, stack.id, NewDeploymentObject(yaml_content=config_map("app")))
    stacks.add_label(ci, stack.id, "env:dev")
    agents.add_label(ADMIN, agent.id, NewAgentLabel(label="env:dev"))
    register(agent, ci)

    assert get_object(agent, pushed.revision.id) == pushed
    with pytest.raises(AgentNotAssociated):
        get_object(stranger, pushed.revision.id)


# Crashes


def test_a_committed_push_is_served_though_its_writer_died_before_the_last_step(served):
    """
    The entry is the commit point; the pointer on the stack may lag behind it.
    """
    served.push("old")
    sequence_id = kept.next_sequence(served.stack.id, served.ci)
    died = Revision(
        id=uuid4(),
        stack_id=served.stack.id,
        sequence_id=sequence_id,
        checksum=checksum_of(config_map("new")),
        is_marker=False,
        created_at=now(),
    )
    stored.write(died, config_map("new"))
    stored.commit(died)

    [found] = served.poll()

    assert found.revision == died
    assert found.content == config_map("new")


def test_a_number_that_was_taken_and_never_used_changes_nothing(served):
    pushed = served.push()
    kept.next_sequence(served.stack.id, served.ci)

    assert served.poll() == [pushed]
