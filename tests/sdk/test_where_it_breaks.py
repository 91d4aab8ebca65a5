"""
Where the SDK breaks with other brokers, or with a careless one: it does not with this.
"""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from brokkr_broker_client.api.admin import list_audit_logs, reload_config
from brokkr_broker_client.api.agent_labels import agents_add_label
from brokkr_broker_client.api.agents import get_agent, list_agents, record_heartbeat, search_agent
from brokkr_broker_client.api.auth import verify_pak
from brokkr_broker_client.api.deployment_objects import get_deployment_object
from brokkr_broker_client.api.generators import create_generator, deregister_agent
from brokkr_broker_client.api.stacks import create_stack, get_stack, list_deployment_objects, list_stacks
from brokkr_broker_client.errors import UnexpectedStatus
from brokkr_broker_client.models import (
    AgentRegistrationBody,
    HeartbeatReport,
    NewAgentLabel,
    NewGenerator,
    NewStack,
)

from tests.support.public_client import client_operation
from tests.support.public_sdk import a_name


def raw(caller, method, path, **how):
    return caller.client.get_httpx_client().request(method, path, **how)


def in_memory(request, sdk):
    """
    The table, to be damaged.
    """
    if sdk.transport is None:
        pytest.skip("the store of a broker that serves is not damaged for this")
    return request.getfixturevalue("table")


@pytest.mark.parametrize("operation", [verify_pak, list_audit_logs, reload_config])
@pytest.mark.parametrize("token", ["nonsense", "brokkr_BRabcdef_abcdefghijklmnopqrstuvwxyz123456"])
def test_a_401_has_a_body_to_parse(sdk, operation, token):
    """
    An empty one is a JSONDecodeError.
    """
    assert sdk.caller(token).refusal(operation) == (401, "unauthorized")


def test_a_401_where_the_sdk_knows_none_is_told_by_its_status(sdk):
    answer = sdk.caller("nonsense").answer(list_stacks)

    assert (answer.status_code, answer.parsed) == (401, None)
    assert json.loads(answer.content)["code"] == "unauthorized"


def test_a_route_that_there_is_not_yet_is_told_by_its_status(admin):
    """
    In Chalice's own words it would be a KeyError.
    """
    answer = admin.answer(client_operation("list_templates"))

    assert (answer.status_code, answer.parsed) == (404, None)
    assert json.loads(answer.content)["code"] == "not_found"


def test_a_status_that_the_sdk_does_not_know_keeps_its_number_and_its_words(admin, generator, agent):
    """
    409 of a label that is there, 422 of most bodies.
    """
    label = NewAgentLabel(agent_id=agent.id, label="env:dev")
    admin.ask(agents_add_label, agent.id, body=label)

    taken = admin.answer(agents_add_label, agent.id, body=label)
    nameless = generator.answer(create_stack, body=NewStack(generator_id=generator.id, name=""))

    assert (taken.status_code, taken.parsed, nameless.status_code, nameless.parsed) == (409, None, 422, None)
    assert json.loads(taken.content)["code"] == "unique_violation"
    assert "name" in json.loads(nameless.content)["message"]


def test_who_asks_for_it_is_told_of_an_unexpected_status(sdk, generator):
    generator.client.raise_on_unexpected_status = True

    with pytest.raises(UnexpectedStatus, match="invalid_request_body") as refused:
        generator.answer(create_stack, body=NewStack(generator_id=generator.id, name=""))

    assert refused.value.status_code == 422


def test_numbers_are_numbers(generator, stack, pushed):
    """
    DynamoDB's own are Decimals, and a text for a sequence_id breaks `max`.
    """
    generator.push(stack)

    listed = raw(generator, "GET", f"/stacks/{stack}/deployment-objects").json()

    assert [type(one["sequence_id"]) for one in listed] == [int, int]
    assert max(generator.ask(list_deployment_objects, stack), key=lambda one: one.sequence_id).id != pushed.id


def test_optional_dates_are_dates_too(agent):
    """
    One that cannot be read would be passed on as a text, and nobody would notice.
    """
    agent.ask(record_heartbeat, agent.id, body=HeartbeatReport(k8s_reachable=True))

    known = agent.ask(get_agent, agent.id)

    assert [type(one) for one in (known.last_heartbeat, known.k8s_reported_at)] == [datetime, datetime]
    assert {one.utcoffset() for one in (known.created_at, known.last_heartbeat)} == {datetime.now(UTC).utcoffset()}


def test_agents_are_listed_without_a_slash_and_searched_with_one(admin, agent):
    """
    The SDK follows no redirect from one to the other.
    """
    known = admin.ask(get_agent, agent.id)

    assert known in admin.ask(list_agents)
    assert admin.ask(search_agent, name=known.name, cluster_name=known.cluster_name) == known
    assert {raw(admin, "GET", path).status_code for path in ("/agents", f"/agents/?name={known.name}")} == {200, 400}


def test_a_delete_with_a_body_is_understood(admin, generator, agent):
    body = AgentRegistrationBody(agent_id=agent.id)

    assert admin.answer(deregister_agent, generator.id, body=body).status_code == 204


def test_an_unset_field_and_a_null_are_both_nothing(admin, generator):
    unset = generator.ask(create_stack, body=NewStack(generator_id=generator.id, name=a_name("stack")))
    null = generator.ask(create_stack, body=NewStack(generator_id=generator.id, name=a_name("stack"), description=None))
    made = admin.ask(create_generator, body=NewGenerator(name=a_name("ci"), description=None))

    assert (unset.description, null.description, made.generator.description) == (None, None, None)


def test_a_revision_is_json_to_who_accepts_anything(generator, pushed):
    answer = raw(generator, "GET", f"/deployment-objects/{pushed.id}")

    assert answer.request.headers["accept"] == "*/*"
    assert answer.headers["content-type"].startswith("application/json")
    assert generator.ask(get_deployment_object, pushed.id) == pushed


def test_an_id_may_come_without_hyphens_in_capitals(generator, stack):
    answer = raw(generator, "GET", f"/stacks/{str(stack).upper()}")

    assert UUID(answer.json()["id"]) == stack


def test_a_refusal_in_the_query_is_told_by_its_status(admin):
    """
    The SDK knows no 400 here.
    """
    answer = admin.answer(list_audit_logs, actor_type="martian")

    assert (answer.status_code, answer.parsed) == (400, None)
    assert json.loads(answer.content)["code"] == "invalid_query"


def test_an_unforeseen_error_has_a_body_to_parse(request, sdk, generator, stack):
    table = in_memory(request, sdk)
    key = {"pk": {"S": f"STACK#{stack}"}, "sk": {"S": "STACK"}}
    table.put_item(TableName="brokkr", Item={**key, "cls": {"S": "stack"}, "created_at": {"S": "yesterday"}})

    assert generator.refusal(get_stack, stack) == (500, "internal_error")


def test_a_store_that_is_away_is_a_reason_to_try_again(request, sdk, generator, stack):
    table = in_memory(request, sdk)
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)
    table.delete_table(TableName="brokkr")

    answer = generator.answer(get_stack, stack)

    assert (answer.status_code, answer.parsed) == (503, None)
    assert json.loads(answer.content)["code"] == "unavailable"
