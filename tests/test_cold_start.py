"""
What a new Lambda does before its first request, in a process of its own.
"""

import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys
import app
from chalicelib.store.connection import Item
print(json.dumps({"loaded": sorted(sys.modules), "connected": Item._connection is not None}))
"""


def start(**env):
    nobody = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **nobody, **env}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_lambda_has_its_client_before_the_first_request():
    started = start(AWS_LAMBDA_FUNCTION_NAME="brokkr")

    assert started["connected"]


def test_nothing_is_loaded_that_most_requests_do_not_need():
    """
    A read or a poll meets none of it, but for the PAK's first hash in a process.
    """
    loaded = start()["loaded"]

    assert not {"yaml", "bcrypt", "boto3", "moto", "click", "chalicelib.api.openapi", "prometheus_client"} & set(loaded)


def test_another_program_makes_no_client_by_importing_the_app():
    """
    `serve` forks after the import, and `chalice package` has no credentials.
    """
    started = start()

    assert not started["connected"]
