"""
The document beside the public client, generated from Brokkr's own: what that expects is promised here.
"""

import pytest

from tests.support.document import the_document
from tests.support.public_client import client_model, client_operations

# Statuses that the client knows and this broker never gives.
NEVER = {
    ("deregister_agent", 404): "to withdraw a consent that there is not changes nothing: 204",
}
# Fields that the client insists on and this broker does not promise.
OPTIONAL = {
    ("DeploymentObject", "yaml_content"): "left out of lists where content=false asks for that",
}
OURS = {
    "is_alive": "outside the contract's document",
    "is_ready": "outside the contract's document",
    "get_metrics": "outside the contract's document",
    "get_openapi_document": "outside the contract's document",
    "agent_channel": "a WebSocket there",
    "stack_channel": "a WebSocket there",
    "fleet_channel": "a WebSocket there",
    "find_swagger_ui": "outside the contract's document",
    "get_swagger_ui": "outside the contract's document",
    "get_swagger_ui_file": "outside the contract's document",
    "get_stack_rollout": "what a pipeline waits for is asked of each agent there",
    "exchange_id_token": "there, a generator has its PAK and nothing else",
    "report_telemetry": "agents send over a WebSocket there",
}

EXPECTED = {one.id: one for one in client_operations()}
PROMISED = {
    operation["operationId"]: (method, path, operation)
    for path, item in the_document()["paths"].items()
    for method, operation in item.items()
    if method != "servers"
}
SHARED = sorted(EXPECTED.keys() & PROMISED.keys())
SCHEMAS = the_document()["components"]["schemas"]
BODIES = [id for id in SHARED if EXPECTED[id].body]
ANSWERED = [name for name in SCHEMAS if client_model(name) and not name.startswith(("New", "Create"))]


def test_what_the_client_does_not_know_is_ours_alone():
    assert PROMISED.keys() - EXPECTED.keys() == OURS.keys()


@pytest.mark.parametrize("id", SHARED)
def test_an_operation_is_where_the_client_looks_for_it(id):
    expected = EXPECTED[id]

    method, path, operation = PROMISED[id]

    tag = operation["tags"][0].replace("-", "_")
    assert (method, path, tag) == (expected.method, expected.path, expected.tag)


@pytest.mark.parametrize("id", SHARED)
def test_an_operation_takes_what_the_client_asks_with(id):
    named = {one["name"] for one in PROMISED[id][2].get("parameters", ()) if one["in"] == "query"}

    assert EXPECTED[id].query <= named


@pytest.mark.parametrize("id", SHARED)
def test_every_status_that_the_client_knows_is_given_or_has_its_reason(id):
    given = {int(status) for status in PROMISED[id][2]["responses"]}

    never = EXPECTED[id].statuses - given

    assert never == {status for operation, status in NEVER if operation == id}


@pytest.mark.parametrize("name", ANSWERED)
def test_every_field_that_the_client_insists_on_is_promised_or_has_its_reason(name):
    known, needed = client_model(name)

    schema = SCHEMAS[name]

    assert known <= schema["properties"].keys()
    assert needed - set(schema.get("required", ())) == {field for model, field in OPTIONAL if model == name}


@pytest.mark.parametrize("id", [id for id in BODIES if client_model(EXPECTED[id].body)])
def test_no_body_needs_a_field_that_the_client_may_leave_out(id):
    _, sent = client_model(EXPECTED[id].body)
    schema = PROMISED[id][2]["requestBody"]["content"]["application/json"]["schema"]

    needed = SCHEMAS[schema["$ref"].rpartition("/")[2]].get("required", ())

    assert set(needed) <= sent
