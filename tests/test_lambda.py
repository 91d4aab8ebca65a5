"""
What a Lambda's log and its page of figures say, in a process of its own.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.api.test_routing import rest
from tests.support.embedded import figures_of

PROGRAM = """
import json, sys
from app import app
answers = [app(event, None) for event in json.loads(sys.argv[1])]
print(json.dumps({"bodies": [answer["body"] for answer in answers], "loaded": sorted(sys.modules)}))
"""
NAMESPACE = "brokkr/brokkr-test"


@pytest.fixture(scope="module")
def asked():
    """
    What it answered to a few requests, and wrote to its log.
    """
    env = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_LAMBDA_FUNCTION_NAME": "brokkr",
        "BROKKR_METRICS_NAMESPACE": NAMESPACE,
        "BROKKR_DYNAMODB_ENDPOINT": "http://127.0.0.1:9",  # nobody is there
    }
    events = json.dumps([rest(path) for path in ("/healthz", "/nothing", "/metrics")])
    done = subprocess.run([sys.executable, "-c", PROGRAM, events], env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr.splitlines()


def test_each_line_is_cloudwatchs_and_the_first_tells_of_the_start(asked):
    _, lines = asked

    first, second, fetched = lines

    assert {name for _, name, _ in figures_of(first)} == {"ms", "read_units", "write_units", "import_ms"}
    assert figures_of(first)[NAMESPACE, "import_ms", ()] > 0
    assert {dimensions for _, _, dimensions in figures_of(second)} == {("unknown", "GET", "4xx")}
    assert "_aws" not in fetched


def test_nobody_who_asks_one_of_many_copies_is_given_its_own_counts(asked):
    said, _ = asked

    page = said["bodies"][-1]

    assert page.startswith("#")
    assert page.count("\n") == 1
    assert "prometheus_client" not in said["loaded"]
