"""
One path, one answer: whichever gateway made the event.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from chalice import Response

from app import app
from chalicelib.api.broker import Broker
from chalicelib.api.gateway_events import rest_event
from tests.support.factories import new_agent, new_generator, new_stack


def answered(answer):
    return answer["statusCode"], answer["body"]


def rest(path, method="GET", *, resource=None, parameters=None, pak=None):
    """
    What a REST API sends: route and parameters found, and decoded.
    """
    return {
        "path": path,
        "headers": {"Authorization": pak} if pak else None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "requestContext": {"resourcePath": resource or path, "httpMethod": method, "requestId": "r-1"},
        "body": None,
    }


def http_api(path, method="GET", *, query="", stage="$default", pak=None, **more):
    """
    What an HTTP API and a Function URL send.
    """
    context = {"http": {"method": method}, "stage": stage, "requestId": "r-2"}
    headers = {"authorization": pak} if pak else {}
    event = {"version": "2.0", "rawPath": path, "rawQueryString": query, "headers": headers, "requestContext": context}
    return event | more


@pytest.mark.parametrize(
    "path",
    [
        "//", "//nothing", "//api", "//api/v1", "//api/v1/", "//healthz/", "//api/v1/stacks/", "//api/v2/stacks",
        "//api/v1/agents//", "//api/v1/stacks//labels", "//api/v1/stacks/a/labels/b/c", "//dev/api/v1/stacks",
        "//api/v1/agents/a/", "//local/healthz",
    ],
)  # fmt: skip
def test_an_unknown_path_is_not_found_before_anybody_is_asked(http, path):
    answer = http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_route_table_does_not_grow(http):
    before = sorted(app.routes)

    for number in range(20):
        http.get(f"//nothing/{number}")
        http.post(f"/agents/{number}/nothing")

    assert sorted(app.routes) == before


def test_a_wrong_method_is_told_what_is_offered_once_the_caller_is_known(http):
    unknown = http.ask("PATCH", "/stacks")
    known = http.ask("PATCH", "/stacks", pak=http.admin)

    assert unknown.status_code == 401
    assert (known.status_code, known.json()["code"]) == (405, "method_not_allowed")
    assert known.headers["allow"] == "GET, HEAD, POST"


def test_the_search_takes_get_alone(http):
    answer = http.post("/agents/", pak=http.admin, json={})

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_with_a_slash_agents_are_searched_and_without_they_are_listed(http):
    agent = new_agent(http, name="edge", cluster_name="north")

    assert http.get("/agents/", pak=http.admin).json()["code"] == "name_and_cluster_required"
    assert http.get("/agents/?name=edge&cluster_name=north", pak=http.admin).json()["id"] == agent.id
    assert [one["id"] for one in http.get("/agents?name=x", pak=http.admin).json()] == [agent.id]


def test_a_rest_api_keeps_the_slash_in_the_path_alone(http):
    event = rest("/api/v1/agents/", resource="/api/v1/agents", pak=http.admin)

    assert "name_and_cluster_required" in app(event, None)["body"]


def test_an_encoded_slash_stays_inside_its_segment(http):
    generator = new_generator(http)
    path = f"/stacks/{new_stack(http, generator)}/labels"
    for label in ("a/b", "a%2Fb", "50%", "größe"):
        http.post(path, pak=generator.pak, json=label)

    statuses = [
        http.delete(f"{path}/{label}", pak=generator.pak).status_code
        for label in ("a%2Fb", "a%252Fb", "50%25", "gr%C3%B6%C3%9Fe")
    ]

    assert statuses == [204] * 4
    assert http.get(path, pak=generator.pak).json() == []


def test_what_a_rest_api_has_decoded_is_not_decoded_again(http):
    generator = new_generator(http)
    stack = new_stack(http, generator)
    http.post(f"/stacks/{stack}/labels", pak=generator.pak, json="a%2Fb")
    event = rest(
        f"/api/v1/stacks/{stack}/labels/a%252Fb",
        "DELETE",
        resource="/api/v1/stacks/{id}/labels/{label}",
        parameters={"id": stack, "label": "a%2Fb"},
        pak=generator.pak,
    )

    assert answered(app(event, None)) == (204, "")


def test_a_path_that_spells_a_template_is_a_path(http):
    answer = http.get("/stacks/{id}", pak=http.admin)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_path")


def test_an_http_api_gets_the_same_answers(http):
    generator = new_generator(http)
    stack = new_stack(http, generator)

    listed = app(http_api("/api/v1/stacks", query=f"pak_id={generator.id}&x=%2F", pak=http.admin), None)
    unknown = app(http_api("/nothing"), None)
    wrong = app(http_api("/api/v1/stacks", "PATCH", pak=http.admin), None)

    assert stack in listed["body"]
    assert (unknown["statusCode"], wrong["statusCode"]) == (404, 405)
    assert listed["headers"]["X-Request-Id"] == "r-2"


def test_chalice_local_gets_the_same_answers(http):
    """
    It has the path in the context alone. Every path was once taken for `/` there, and answered 404.
    """
    event = rest("/api/v1/stacks", pak=http.admin)
    event["requestContext"]["path"] = event.pop("path")

    assert answered(app(event, None)) == (200, "[]")


def test_an_http_api_s_body_arrives_as_it_was_sent(http):
    content = {"headers": {"authorization": http.admin, "content-type": "application/json"}}
    coded = {"body": "eyJuYW1lIjogImNpIn0=", "isBase64Encoded": True}

    made = app(http_api("/api/v1/generators", "POST") | content | coded, None)

    assert made["statusCode"] == 201


def test_an_http_api_s_cookies_are_a_header():
    event = rest_event(http_api("/", cookies=["a=1", "b=2"]))

    assert event["headers"] == {"cookie": "a=1; b=2"}


@pytest.mark.parametrize(
    ("path", "stage", "status"),
    [
        ("/prod/healthz", "prod", 200),
        ("/prod/healthz", "$default", 404),
        ("/prod/healthz", "pro", 404),
        ("/healthz", "prod", 200),
    ],
)
def test_a_stage_is_never_part_of_a_route(path, stage, status, http):
    assert app(http_api(path, stage=stage), None)["statusCode"] == status


def test_head_is_get_without_a_body(http):
    answer = app(http_api("/healthz", "HEAD"), None)
    through_the_server = http.ask("HEAD", "//healthz")

    assert answered(answer) == (200, "")
    assert (through_the_server.status_code, through_the_server.content) == (200, b"")


def test_a_browser_may_ask_from_anywhere(http):
    known, unknown = http.ask("OPTIONS", "/stacks"), http.ask("OPTIONS", "/nothing")

    assert (known.status_code, known.content) == (200, b"")
    assert known.headers["access-control-allow-origin"] == "*"
    assert known.headers["access-control-allow-methods"] == "*"
    assert "Authorization" in known.headers["access-control-allow-headers"]
    assert unknown.status_code == 404


@pytest.mark.parametrize("event", [{}, {"source": "aws.events"}, {"requestContext": None}])
def test_what_is_no_request_is_not_found(event, http):
    assert app(event, None)["statusCode"] == 404


def test_requests_side_by_side_do_not_see_each_other():
    """
    Chalice keeps the request in one attribute for all threads.
    """
    together = Barrier(8)
    broker = Broker("side-by-side")

    @broker.route("/echo/{word}")
    def echo(word):
        together.wait(timeout=10)
        return Response(f"{word} {broker.current_request.uri_params['word']} {broker.lambda_context}")

    def ask(number):
        return broker(rest(f"/echo/{number}"), number)["body"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(64)))

    assert answers == [f"{number} {number} {number}" for number in range(64)]


@pytest.mark.parametrize("base", ["", "/brokkr"])
def test_a_custom_domains_base_path_is_no_part_of_a_route(http, base):
    """
    API Gateway leaves it in the path; it was 404 for every route without parameters.
    """
    agent = new_agent(http)
    stack = new_stack(http, new_generator(http))
    found = f"/api/v1/stacks/{stack}"

    listed = app(rest(f"{base}/api/v1/agents", resource="/api/v1/agents", pak=http.admin), None)
    searched = app(rest(f"{base}/api/v1/agents/", resource="/api/v1/agents", pak=http.admin), None)
    read = app(rest(base + found, resource="/api/v1/stacks/{id}", parameters={"id": stack}, pak=http.admin), None)

    assert (listed["statusCode"], searched["statusCode"], read["statusCode"]) == (200, 400, 200)
    assert agent.id in listed["body"]
