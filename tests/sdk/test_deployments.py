"""
A push, the way it takes to an agent, and what that says of it.
"""

import hashlib

from brokkr_broker_client.api.agent_events import create_event, get_agent_event, list_agent_events, list_events
from brokkr_broker_client.api.agent_targets import add_target, list_targets, remove_target
from brokkr_broker_client.api.agents import get_associated_stacks, get_target_state
from brokkr_broker_client.api.deployment_objects import get_deployment_object
from brokkr_broker_client.api.stacks import create_deployment_object, get_stack, list_deployment_objects
from brokkr_broker_client.models import CreateDeploymentObjectRequest, NewAgentEvent, NewAgentTarget

from tests.support.world import config_map


def outcome(agent, pushed, status="SUCCESS", message=None):
    said = {"event_type": "DEPLOY", "status": status, "message": message}
    return agent.ask(
        create_event, agent.id, body=NewAgentEvent(agent_id=agent.id, deployment_object_id=pushed.id, **said)
    )


def test_a_push_is_the_stacks_next_revision(generator, stack):
    content = config_map("app")

    first = generator.push(stack, content)
    second = generator.push(stack, config_map("other"))

    assert (first.stack_id, first.yaml_content, first.is_deletion_marker) == (stack, content, False)
    assert first.yaml_checksum == hashlib.sha256(content.encode()).hexdigest()
    assert (first.submitted_at, first.deleted_at) == (first.created_at, None)
    assert second.sequence_id > first.sequence_id
    assert generator.ask(list_deployment_objects, stack) == [second, first]
    assert generator.ask(get_deployment_object, first.id) == first


def test_a_deletion_marker_is_asked_for_in_the_body(generator, stack):
    """
    `deletion_marker` in the query is for a body of plain YAML, which the SDK never sends.
    """
    empty = CreateDeploymentObjectRequest(yaml_content="", is_deletion_marker=True)
    plain = CreateDeploymentObjectRequest(yaml_content=config_map("app"))

    marker = generator.ask(create_deployment_object, stack, body=empty)
    by_query = generator.ask(create_deployment_object, stack, body=plain, deletion_marker=True)

    assert (marker.is_deletion_marker, marker.yaml_content) == (True, "")
    assert marker.yaml_checksum == hashlib.sha256(b"").hexdigest()
    assert not by_query.is_deletion_marker


def test_an_agent_is_targeted_at_a_stack_and_let_go(generator, agent, stack):
    made = generator.ask(add_target, agent.id, body=NewAgentTarget(agent_id=agent.id, stack_id=stack))
    listed = agent.ask(list_targets, agent.id)
    associated = agent.ask(get_associated_stacks, agent.id)
    removed = generator.answer(remove_target, agent.id, stack)

    assert (made.agent_id, made.stack_id) == (agent.id, stack)
    assert listed == [made]
    assert associated == [generator.ask(get_stack, stack)]
    assert removed.status_code == 204
    assert agent.ask(list_targets, agent.id) == []


def test_an_agent_is_given_the_newest_revision_of_its_stacks(generator, agent, stack, pushed):
    newest = generator.push(stack)

    given = agent.serve(stack)

    assert given == [newest]
    assert agent.ask(get_deployment_object, pushed.id) == pushed


def test_a_revision_stays_in_the_target_state_until_incremental_is_asked_for(agent, stack, pushed):
    agent.serve(stack)

    outcome(agent, pushed)

    assert agent.ask(get_target_state, agent.id) == [pushed]
    assert agent.ask(get_target_state, agent.id, mode="full") == [pushed]
    assert agent.ask(get_target_state, agent.id, mode="incremental") == []


def test_what_an_agent_says_of_a_revision_can_be_read(admin, agent, stack, pushed):
    agent.serve(stack)

    made = outcome(agent, pushed, "FAILURE", "ConfigMap/default/app: refused")

    assert (made.agent_id, made.deployment_object_id) == (agent.id, pushed.id)
    assert (made.event_type, made.status, made.deleted_at) == ("DEPLOY", "FAILURE", None)
    assert made.message == "ConfigMap/default/app: refused"
    assert agent.ask(list_events, agent.id) == [made]
    assert admin.ask(get_agent_event, made.id) == made


def test_the_admin_reads_the_events_of_one_pak(admin, generator, agent, stack, pushed):
    agent.serve(stack)
    made = outcome(agent, pushed)

    assert admin.ask(list_agent_events, pak_id=generator.id) == [made]
    assert admin.ask(list_agent_events, pak_id=admin.sdk.new_generator().id) == []
    assert made in admin.ask(list_agent_events)
