"""
Whatever goes wrong, the answer is the envelope, and the log says what it may.
"""

from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from pynamodb.exceptions import GetError

from app import app
from chalicelib.api.answered import Start
from chalicelib.api.broker import Broker
from chalicelib.api.middleware import authenticate, log_request, render_errors
from tests.support.factories import new_generator, new_stack
from tests.support.http import Http

SECRET = "the text of a secret"


@pytest.fixture
def failing(installation):
    """
    A broker of which one route raises the given error.
    """

    def fail(error):
        raise error

    return lambda error: Http(broker_of(lambda: fail(error)), admin=str(installation.admin_pak))


def broker_of(view):
    broker = Broker("broken")
    broker.log = app.log
    for middleware in (log_request(app.log, Start(timedelta())), render_errors, authenticate):
        broker.register_middleware(middleware, "http")

    for path in ("/healthz", "/readyz"):
        broker.route(path)(view)
    return broker


def test_a_refusal_has_a_code_a_message_and_the_request_s_id(http):
    answer = http.get("/stacks")

    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}
    assert answer.json()["code"] == "unauthorized"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-request-id"]


def test_details_are_there_where_there_are_any(http):
    generator = new_generator(http)
    new_stack(http, generator, name="web")

    answer = http.post("/stacks", pak=generator.pak, json={"name": "web"})

    assert answer.status_code == 409
    assert answer.json()["details"] == {"constraint": "unique_stack_name"}


def test_what_nobody_foresaw_tells_the_client_nothing_but_the_request_s_id(failing, lines):
    answer = failing(LookupError(SECRET)).get("//healthz")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert answer.json()["details"] == {"request_id": answer.headers["x-request-id"]}
    assert SECRET not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    tracebacks = [line for line in lines if "traceback" in line]
    assert [line["request_id"] for line in tracebacks] == [answer.headers["x-request-id"]]
    assert SECRET in tracebacks[0]["traceback"]


def test_a_store_that_is_away_is_said_to_be_in_a_line(failing, lines):
    away = GetError("no answer", EndpointConnectionError(endpoint_url="http://store"))

    answer = failing(away).get("//readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert [line["message"] for line in lines] == ["the store does not answer", "request"]
    assert lines[0]["request_id"] == answer.headers["x-request-id"]
    assert "traceback" not in lines[0]


def test_a_broker_without_its_table_is_not_available(http, table, lines):
    """
    Authentication is outside any route, where Chalice would answer in its own words.
    """
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)
    table.delete_table(TableName="brokkr")

    answer = http.get("/stacks", pak=http.admin)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "brokkr" not in answer.text
    assert answer.headers["x-request-id"]
    assert [(line["message"], line["status"]) for line in lines] == [("request", 503)]


def test_one_line_per_request_says_who_and_what_and_nothing_secret(http, lines):
    generator = new_generator(http)
    stack = new_stack(http, generator)
    lines.clear()

    http.post(f"/stacks/{stack}/labels?q={SECRET}", pak=generator.pak, json=SECRET)

    (line,) = lines
    assert line["ms"] > 0
    assert line | {"at": 0, "ms": 0, "request_id": 0} == {
        "at": 0,
        "ms": 0,
        "request_id": 0,
        "level": "INFO",
        "message": "request",
        "principal": "generator",
        "principal_id": generator.id,
        "method": "POST",
        "route": "/api/v1/stacks/{id}/labels",
        "status": 400,
        "read_units": 1.0,
        "write_units": 0,
        "cold_start": False,
    }
    assert SECRET not in str(line)
    assert generator.pak not in str(line)


def test_a_line_about_nobody_and_nothing(http, lines):
    http.get("//nothing")

    (line,) = lines
    assert (line["principal"], line["route"], line["status"]) == (None, None, 404)
