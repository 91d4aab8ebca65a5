from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import (
    HeartbeatReport,
    NewAgentAnnotation,
    NewAgentLabel,
    NewAgentTarget,
    RegistrationRequest,
)
from chalicelib.domain.deployment_health import DEGRADED, FAILING
from chalicelib.domain.deployment_objects import NewDeploymentObject, Revision
from chalicelib.domain.fleet import AgentHealth, HealthCounts
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStackAnnotation
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.services import agents, generators, stacks, targets
from chalicelib.services.deployment_objects import push
from chalicelib.services.fleet import RECENT_EVENTS, fleet_status, list_fleet
from chalicelib.store import deployment_objects as stored
from chalicelib.store import fleet as kept
from chalicelib.store import stacks as kept_stacks
from chalicelib.system import now
from tests.support.world import a_generator, a_stack, an_agent, config_map, register


def pending(agent):
    return fleet_status(ADMIN, agent.id).record.pending_objects


# Who is in it


def test_the_fleet_is_every_live_agent_in_the_order_of_creation(installation):
    first, second, third = an_agent(), an_agent(), an_agent()
    agents.delete_agent(ADMIN, second.id)

    found = list_fleet(ADMIN)

    assert [record.member.profile.agent_id for record in found] == [first.id, third.id]


def test_a_generators_fleet_is_what_is_registered_with_it(installation):
    ci, mine, _ = a_generator(), an_agent(), an_agent()
    register(mine, ci)

    assert [record.member.profile.agent_id for record in list_fleet(ADMIN, ci.id)] == [mine.id]
    assert list_fleet(ADMIN, uuid4()) == []

    generators.deregister_agent(mine, ci.id, RegistrationRequest())
    assert list_fleet(ADMIN, ci.id) == []


def test_the_fleet_is_the_admins_to_see(served):
    for somebody in (served.agent, served.ci):
        with pytest.raises(AdminRequired):
            list_fleet(somebody)
        with pytest.raises(AdminRequired):
            fleet_status(somebody, served.agent.id)


def test_an_agent_that_is_unknown_or_deleted_has_no_status(served):
    agents.delete_agent(ADMIN, served.agent.id)

    for id in (served.agent.id, uuid4()):
        with pytest.raises(AgentNotFound):
            fleet_status(ADMIN, id)


# What is pending


def test_a_stacks_newest_object_is_pending_until_the_agent_has_reported_on_it(served):
    assert pending(served.agent) == 0

    old, new = served.push("old"), served.push("new")
    assert pending(served.agent) == 1

    served.poll()
    served.report(old)
    assert pending(served.agent) == 1

    served.report(new, "FAILURE")
    assert pending(served.agent) == 0


def test_stacks_by_label_and_annotation_count_once_and_only_with_consent(served):
    """
    One has both label and annotation, and the target beside: it is one stack.
    """
    labelled, foreign = a_stack(served.ci), a_stack(a_generator())
    agents.add_label(ADMIN, served.agent.id, NewAgentLabel(label="env:dev"))
    agents.add_annotation(ADMIN, served.agent.id, NewAgentAnnotation(key="team", value="web"))
    for stack in (served.stack, labelled, foreign):
        stacks.add_label(ADMIN, stack.id, "env:dev")
        stacks.add_annotation(ADMIN, stack.id, NewStackAnnotation(key="team", value="web"))
        push(ADMIN, stack.id, NewDeploymentObject(yaml_content="", is_deletion_marker=True))

    assert pending(served.agent) == 2


def test_what_an_agent_has_to_give_back_is_not_pending(served):
    """
    A withdrawal is an order to the agent, and no object of a stack that it serves.
    """
    served.push()
    served.poll()
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)

    assert len(served.poll()) == 1
    assert pending(served.agent) == 0


def test_a_stack_that_comes_back_after_a_withdrawal_is_pending_again(served):
    served.report(served.push())
    served.poll()
    served.report(served.poll()[0])
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)
    served.poll()
    assert pending(served.agent) == 0

    targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=served.stack.id))

    assert pending(served.agent) == 1


def test_a_push_that_died_before_the_pointer_is_pending_too(served):
    served.push()
    sequence_id = kept_stacks.next_sequence(served.stack.id, served.ci)
    revision = Revision(
        id=uuid4(),
        stack_id=served.stack.id,
        sequence_id=sequence_id,
        checksum="c",
        is_marker=False,
        created_at=now(),
    )
    stored.write(revision, "")
    stored.commit(revision)
    [first] = served.poll()

    assert first.revision.id == revision.id
    assert pending(served.agent) == 1

    served.report(first)
    assert pending(served.agent) == 0


# What it says of an agent


def test_a_record_has_what_the_agent_last_said(served):
    at = now()
    served.poll()
    event = served.report(served.push())
    agents.record_heartbeat(
        served.agent, served.agent.id, HeartbeatReport(k8s_reachable=True, k8s_api_latency_ms=7), now=lambda: at
    )
    kept.note_health(served.agent.id, AgentHealth(), {served.stack.id: FAILING})

    [record] = list_fleet(ADMIN, now=lambda: event.created_at + timedelta(seconds=61.9))

    member = record.member
    assert (member.heartbeat.last_heartbeat, member.heartbeat.k8s_api_latency_ms) == (at, 7)
    assert record.health == HealthCounts(failing=1, degraded=0)
    assert member.profile.last_event_at == event.created_at
    assert record.age(member.profile.last_event_at) == 61
    status = fleet_status(ADMIN, served.agent.id).record
    assert (status.member, status.health) == (member, record.health)


def unwell(agent):
    return fleet_status(ADMIN, agent.id).record.health


def test_what_is_not_well_is_counted_by_stacks(served):
    words = {a_stack(served.ci).id: word for word in (FAILING, DEGRADED, DEGRADED)}
    for id in words:
        targets.add_target(ADMIN, served.agent.id, NewAgentTarget(stack_id=id))
        push(ADMIN, id, NewDeploymentObject(yaml_content=config_map("app")))

    kept.note_health(served.agent.id, AgentHealth(), words)

    assert unwell(served.agent) == HealthCounts(failing=1, degraded=2)


def test_a_word_that_comes_after_the_stack_has_gone_makes_no_ghost(served):
    """
    A report that the broker was already taking when the agent's word on the removal came put the stack among the
    failing, and nobody ever spoke of it again.
    """
    served.push()
    served.poll()
    targets.remove_target(ADMIN, served.agent.id, served.stack.id)
    served.report(served.poll()[0])

    kept.note_health(served.agent.id, AgentHealth(), {served.stack.id: FAILING})

    assert unwell(served.agent) == HealthCounts()


def test_what_a_marker_takes_away_is_not_unwell_whatever_comes_late(served):
    served.push()
    served.poll()
    served.report(served.push(is_deletion_marker=True))

    kept.note_health(served.agent.id, AgentHealth(), {served.stack.id: DEGRADED})

    assert unwell(served.agent) == HealthCounts()


def test_a_moment_ahead_of_the_readers_clock_is_no_seconds_ago(served):
    served.poll()
    event = served.report(served.push())

    [record] = list_fleet(ADMIN, now=lambda: event.created_at - timedelta(seconds=5))

    assert record.age(event.created_at) == 0
    assert record.age(None) is None


def test_a_status_has_the_last_twenty_events_the_newest_first(served):
    pushed = served.push()
    served.poll()
    said = [served.report(pushed, f"{number}") for number in range(RECENT_EVENTS + 2)]

    status = fleet_status(ADMIN, served.agent.id)

    assert status.recent_events == said[:1:-1]
