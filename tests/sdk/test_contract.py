"""
What Brokkr's own contract tests of its SDKs expect of a broker, but for WebSockets.
"""

import httpx
from brokkr_broker_client.api.agent_targets import add_target, list_targets, remove_target
from brokkr_broker_client.api.agents import create_agent, delete_agent
from brokkr_broker_client.api.auth import verify_pak
from brokkr_broker_client.api.generators import create_generator, delete_generator, register_agent
from brokkr_broker_client.api.stack_telemetry import list_telemetry_events, list_telemetry_logs
from brokkr_broker_client.api.stacks import (
    create_deployment_object,
    create_stack,
    delete_stack,
    list_stacks,
    stacks_add_annotation,
    stacks_add_label,
)
from brokkr_broker_client.models import (
    AgentRegistrationBody,
    CreateAgentRequest,
    CreateDeploymentObjectRequest,
    NewAgentTarget,
    NewGenerator,
    NewStack,
    NewStackAnnotation,
)

from tests.support.public_sdk import a_name
from tests.support.world import config_map


def test_a_broker_is_alive(sdk):
    with httpx.Client(transport=sdk.transport) as client:
        answer = client.get(f"{sdk.url}/healthz")

    assert answer.is_success


def test_what_is_kept_of_telemetry_is_six_hours(generator, stack):
    for operation in (list_telemetry_events, list_telemetry_logs):
        retention = generator.ask(operation, stack).retention

        assert retention.retention_ceiling_seconds == retention.effective_retention_seconds == 21600
        assert "Datadog" in retention.long_term_sink_hint


def test_from_a_generator_to_a_target_and_back_with_raw_tokens(sdk):
    """
    Each step with its exact status.
    """
    admin = sdk.caller(sdk.admin.pak, prefix="")
    made = admin.answer(create_generator, body=NewGenerator(name=a_name("ci")))
    generator = sdk.caller(made.parsed.pak, made.parsed.generator.id, prefix="")
    stack = generator.answer(create_stack, body=NewStack(generator_id=generator.id, name=a_name("stack")))
    id = stack.parsed.id
    created = admin.answer(create_agent, body=CreateAgentRequest(name=a_name("agent"), cluster_name="test"))
    agent = sdk.caller(created.parsed.initial_pak, created.parsed.agent.id, prefix="")
    target = NewAgentTarget(agent_id=agent.id, stack_id=id)
    annotation = NewStackAnnotation(key="team", value="web", stack_id=id)

    answers = [
        made,
        stack,
        created,
        generator.answer(list_stacks),
        generator.answer(stacks_add_label, id, body="env:dev"),
        generator.answer(stacks_add_annotation, id, body=annotation),
        generator.answer(
            create_deployment_object, id, body=CreateDeploymentObjectRequest(yaml_content=config_map("app"))
        ),
        agent.answer(verify_pak),
        agent.answer(register_agent, generator.id, body=AgentRegistrationBody(agent_id=agent.id)),
        generator.answer(add_target, agent.id, body=target),
        agent.answer(list_targets, agent.id),
        generator.answer(remove_target, agent.id, id),
        generator.answer(delete_stack, id),
        admin.answer(delete_agent, agent.id),
        admin.answer(delete_generator, generator.id),
    ]

    assert [int(one.status_code) for one in answers] == [201] * 3 + [200] + [201] * 3 + [200] + [201] * 2 + [200] + [
        204
    ] * 4


def test_an_agent_of_one_generator_is_no_target_of_anothers_stack(sdk, agent, generator):
    foreign = sdk.new_generator().new_stack()

    refused = generator.refusal(add_target, agent.id, body=NewAgentTarget(agent_id=agent.id, stack_id=foreign))

    assert refused == (403, "target_generator_mismatch")
