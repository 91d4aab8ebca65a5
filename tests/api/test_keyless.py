"""
`POST /auth/oidc`, as whoever asks sees it: a PAK, or a refusal that says nothing.
"""

import json

import pytest

from chalicelib.api.logs import JsonFormatter
from tests.support.factories import new_generator
from tests.support.issuer import trust_issuer

ROUTE = "/auth/oidc"


@pytest.fixture
def ci(http, issuer):
    made = new_generator(http, name="ci")
    trust_issuer(issuer, made.id)
    return made


def reasons(caplog):
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    return [line["reason"] for line in lines if line["message"] == "an ID token was not taken"]


def test_what_is_lent_goes_where_a_pak_goes(http, issuer, ci):
    answer = http.post(ROUTE, json={"token": issuer.token()})

    assert answer.status_code == 200
    assert answer.json().keys() == {"token", "expires_at", "generator"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert http.post("/auth/pak", pak=answer.json()["token"]).json()["generator"] == ci.id == answer.json()["generator"]
    assert (
        http.post("/stacks", json={"name": "web", "generator_id": ci.id}, pak=answer.json()["token"]).status_code == 201
    )


def test_what_is_lent_rotates_no_pak(http, issuer, ci):
    token = http.post(ROUTE, json={"token": issuer.token()}).json()["token"]

    answer = http.post(f"/generators/{ci.id}/rotate-pak", pak=token)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_refusal_says_why_to_the_log_alone(http, issuer, ci, caplog):
    token = issuer.token(aud="another")

    answer = http.post(ROUTE, json={"token": token})

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert "udience" not in answer.text
    [reason] = reasons(caplog)
    assert "InvalidAudienceError" in reason
    assert token not in caplog.text


def test_an_issuer_that_is_away_is_asked_for_later(http, issuer, ci, caplog):
    issuer.fail()

    answer = http.post(ROUTE, json={"token": issuer.token()})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert issuer.url not in answer.text
    [reason] = reasons(caplog)
    assert reason.endswith("answered 500")


def test_a_token_that_is_too_long_is_refused_before_it_is_read(http):
    answers = [http.post(ROUTE, json={"token": "x" * size}) for size in (16_385, 600_000)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (422, "invalid_request_body"),
        (413, "payload_too_large"),
    ]
