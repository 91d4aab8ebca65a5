"""
The function may do what the API does, and nothing else.
"""

import json

import pytest

from tests.support.everyone import Everyone
from tests.support.operations import OPERATIONS, ROLES
from tests.support.recorder import Need, recorder
from tests.support.template import resolved, template
from tools.borrowed import ROOT
from tools.deploy.pruning import SERVICES

STAGES = ("dev", "prod")
LARGE = {
    "yaml_content": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\n# " + "".join(map(str, range(90_000)))
}


@pytest.fixture(scope="module")
def needed(shared_table):
    """
    What the whole API asks DynamoDB for: each operation by each role that may, and a push in pieces under a key.
    """
    everyone = Everyone(shared_table)
    asked = set()
    push = next(one for one in OPERATIONS if one.route == "POST /api/v1/stacks/{id}/deployment-objects")
    for operation in OPERATIONS:
        for role in filter(operation.lets_in, ROLES):
            with recorder.recording() as needs:
                everyone.call(operation, role)
            asked |= needs
            everyone.restore()
    with recorder.recording() as needs:
        assert everyone.ask(push, LARGE, headers={"Idempotency-Key": "one"}).status == 201
    return asked | needs


def policy(stage):
    return json.loads((ROOT / ".chalice" / f"policy-{stage}.json").read_text())


def templates_policy():
    role = template()["Resources"]["ApiHandlerRole"]["Properties"]
    always, _ = role["Policies"]
    return always["PolicyDocument"]


def test_the_policy_allows_what_the_api_does_and_nothing_else(needed):
    """
    A missing action is a 500 in AWS alone, because no emulator asks; one too many is somebody else's way in.
    """
    allowed = {
        Need(action, statement["Resource"].removeprefix("arn:aws:dynamodb:*:*:").replace("brokkr-dev", "brokkr"))
        for statement in policy("dev")["Statement"]
        for action in statement["Action"]
        if not action.startswith("logs:")
    }

    assert allowed == needed


def test_the_package_describes_every_service_that_is_called(needed):
    assert {need.action.split(":")[0] for need in needed} == set(SERVICES)


@pytest.mark.parametrize("stage", STAGES)
def test_both_ways_to_deploy_have_the_same_policy(stage):
    """
    Chalice's own way knows neither account nor stack, but it knows the names; and nobody makes a log group there.
    """
    known = {
        "Table.Arn": f"arn:aws:dynamodb:*:*:table/brokkr-{stage}",
        "AWS::Partition": "aws",
        "AWS::Region": "*",
        "AWS::AccountId": "*",
        "AWS::StackName": f"brokkr-{stage}",
    }
    expected = resolved(templates_policy(), known)
    log = expected["Statement"][-1]
    log["Action"].insert(0, "logs:CreateLogGroup")
    log["Resource"] = log["Resource"].replace("-APIHandler-*", "")

    assert policy(stage) == expected


def test_each_statement_names_its_actions_one_by_one():
    for statement in templates_policy()["Statement"]:
        assert statement["Sid"]
        assert "*" not in "".join(statement["Action"])
        assert statement["Resource"] != "*"
