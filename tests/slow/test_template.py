"""
The template as it is deployed, by the two programs that know CloudFormation's rules best after CloudFormation itself.
"""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from tools.deploy.packaging import package

pytestmark = pytest.mark.slow

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
MOST_BYTES_FROM_S3 = 1_000_000


@pytest.fixture(scope="module", params=["dev", "prod"])
def packaged(request, tmp_path_factory):
    return package(request.param, tmp_path_factory.mktemp("package"))


@pytest.fixture
def translated(packaged, monkeypatch):
    """
    What CloudFormation makes of it before it begins.
    """
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    template = yaml_parse(packaged.template.read_text())
    template["Resources"]["APIHandler"]["Properties"]["CodeUri"] = "s3://bucket/key"
    session = boto3.Session(region_name="us-east-1")
    return Translator({}, Parser(), [], session).translate(template, {})


def test_cfn_lint_finds_nothing(packaged):
    done = subprocess.run([CFN_LINT, packaged.template], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_it_translates_to_what_cloudformation_takes(translated):
    assert len(json.dumps(translated)) < MOST_BYTES_FROM_S3
    assert not [kind for kind in kinds(translated) if kind.startswith("AWS::Serverless::")]


def test_there_is_one_stage_and_it_is_throttled(translated):
    """
    SAM makes another one, called Stage and open to all, unless it is told which version the definition is of.
    """
    (stage,) = (one for one in translated["Resources"].values() if one["Type"] == "AWS::ApiGateway::Stage")
    (made,) = (one for one in translated["Resources"].values() if one["Type"] == "AWS::ApiGateway::Deployment")

    (settings,) = stage["Properties"]["MethodSettings"]
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert "StageName" not in made["Properties"]


def test_the_gateways_own_answers_are_in_the_api(translated):
    body = translated["Resources"]["RestAPI"]["Properties"]["Body"]

    assert body["x-amazon-apigateway-gateway-responses"]["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"


def kinds(template):
    return [resource["Type"] for resource in template["Resources"].values()]
