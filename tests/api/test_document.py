"""
The OpenAPI document: every route is in it, it is valid, and it says what the routes do.
"""

import ast
import inspect
import pkgutil
from importlib import import_module

import pytest
from openapi_spec_validator import validate

from app import app
from chalicelib import api
from chalicelib.api.broker import Broker
from chalicelib.api.openapi import Undeclared, document, operations
from chalicelib.api.operations import find_operation
from chalicelib.api.parameters import Query
from chalicelib.api.schemas import UNREADABLE
from tests.api.test_routing import http_api, rest
from tests.support.document import the_document
from tests.support.operations import ADMIN, AGENT, OPERATIONS, OTHER_AGENT, OTHER_GENERATOR, OWNER

ROLES = {ADMIN: "admin_pak", AGENT: "agent_pak", OTHER_AGENT: "agent_pak", OWNER: "generator_pak"}
ROLES[OTHER_GENERATOR] = ROLES[OWNER]
PATH = "/docs/openapi.json"


def test_every_route_promises_what_it_does():
    """
    Put an @Operation above the view that this names.
    """
    promised = {f"{method} {path}" for path, method, _, _ in operations(app.routes)}

    assert promised == {one.route for one in OPERATIONS}


def test_a_route_that_promises_nothing_is_named():
    broker = Broker("silent")
    broker.route("/silent")(test_a_route_that_promises_nothing_is_named)

    with pytest.raises(Undeclared, match="GET /silent"):
        document(broker.routes)


def test_it_is_an_openapi_document():
    validate(the_document())


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.route for one in OPERATIONS])
def test_it_names_the_paks_that_are_let_in(operation):
    """
    By the table that tests every role at every route.
    """
    item = the_document()["paths"][operation.path.removeprefix("/api/v1")]

    named = [scheme for each in item[operation.method.lower()]["security"] for scheme in each]

    assert set(named) == {scheme for role, scheme in ROLES.items() if not operation.is_open and operation.lets_in(role)}


def test_no_two_operations_have_one_id():
    ids = [operation.id for _, _, _, operation in operations(app.routes)]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("view", "operation"), [each[2:] for each in operations(app.routes)])
def test_a_view_parses_the_body_that_its_operation_names(view, operation):
    """
    Those that read it in a way of their own have refusals of their own.
    """
    named = getattr(operation.body, "__origin__", operation.body) if operation.unreadable is UNREADABLE else None

    calls = [node for node in ast.walk(ast.parse(inspect.getsource(view))) if isinstance(node, ast.Call)]

    parsed = [ast.unparse(call.args[0]).rpartition(".")[2] for call in calls if getattr(call.func, "id", "") == "parse"]
    assert parsed == ([named.__name__] if named else [])


def test_every_parameter_of_a_query_is_in_an_operation():
    modules = [import_module(f"{api.__name__}.{found.name}") for found in pkgutil.iter_modules(api.__path__)]
    there_are = [one for module in modules for one in vars(module).values() if isinstance(one, Query)]

    named = [one for _, _, _, operation in operations(app.routes) for one in operation.query]

    assert [one.name for one in there_are if not any(one is each for each in named)] == []


def test_it_says_which_headers_of_ours_an_answer_has():
    responses = the_document()["paths"]["/agents/{id}/target-state"]["get"]["responses"]

    told = {status: answer.get("headers") for status, answer in responses.items()}

    assert (
        told["200"]
        == told["304"]
        == {
            "X-Brokkr-Agent-Status": {"schema": {"enum": ["ACTIVE", "INACTIVE"], "type": "string"}},
            "X-Brokkr-Pending-Diagnostics": {"schema": {"type": "integer", "format": "int64"}},
        }
    )
    assert told["401"] is None


def test_it_is_answered_to_anybody_and_once(http):
    first = http.get(f"/{PATH}")
    again = http.get(f"/{PATH}", headers={"If-None-Match": first.headers["etag"]})

    assert first.json() == the_document()
    assert "max-age" in first.headers["cache-control"]
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("event", "server"),
    [
        (rest(PATH), "/api/v1"),
        (rest(PATH) | {"requestContext": rest(PATH)["requestContext"] | {"path": f"/dev{PATH}"}}, "/dev/api/v1"),
        (http_api(f"/dev{PATH}", stage="dev"), "/api/v1"),
    ],
)
def test_its_server_is_where_it_was_asked(event, server):
    """
    Below a stage or a custom domain's base path, clients must send their requests below it too.
    """
    answer = app(event, None)

    assert f'"servers":[{{"url":"{server}"}}]' in answer["body"]


def test_a_search_and_a_list_are_two_operations():
    paths = the_document()["paths"]

    assert paths["/agents"]["get"]["operationId"] == "list_agents"
    assert paths["/agents/"]["get"]["operationId"] == "search_agent"


def test_a_view_stays_what_it_is():
    view = app.routes["/healthz"]["GET"].view_function

    assert find_operation(view).id == "is_alive"
    assert view().body == "OK"
