import json
import re

import pytest

from chalicelib.errors import BrokerError
from tests.support.template import template
from tools.borrowed import ROOT

RESOURCES = template()["Resources"]
RESPONSES = RESOURCES["RestAPI"]["Properties"]["GatewayResponses"]


def statuses_by_code():
    return {error.code: int(error.status) for error in BrokerError.__subclasses__()} | {"internal_error": 500}


def body_of(response):
    """
    As the gateway fills it in: a context variable that is not in quotes brings its own.
    """
    text = response["ResponseTemplates"]["application/json"]
    return json.loads(re.sub(r"(?<!\")\$context\.error\.messageString", '"words"', text))


@pytest.mark.parametrize("kind", RESPONSES)
def test_what_never_reaches_the_broker_has_its_envelope(kind):
    body = body_of(RESPONSES[kind])

    assert set(body) == {"code", "message", "details"}
    assert body["details"] == {"request_id": "$context.requestId"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404),
        ("REQUEST_TOO_LARGE", 413),
        ("THROTTLED", 429),
        ("INTEGRATION_TIMEOUT", 504),
    ],
)
def test_the_gateway_answers_with_the_status_that_the_broker_would(kind, status):
    code = body_of(RESPONSES[kind])["code"]

    assert RESPONSES[kind]["StatusCode"] == status
    assert statuses_by_code().get(code, status) == status


def test_the_function_gives_up_before_the_gateway_does():
    """
    API Gateway waits for 29 seconds. A function that is stopped by then leaves a line in its log that says so.
    """
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())

    assert config["lambda_timeout"] < 29


def test_the_table_outlives_the_stack():
    table = RESOURCES["Table"]

    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
