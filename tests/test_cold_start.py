"""
What a new Lambda does before its first request, in a process of its own.
"""

import json
import os
import subprocess
import sys

KEYLESS = {"jwt", "cryptography", "chalicelib.services.keyless", "chalicelib.store.trusts"}
FLOOR = """
import json, sys
import chalice, botocore.session
botocore.session.get_session().create_client("dynamodb", region_name="us-east-1")
print(json.dumps({"loaded": sorted(sys.modules)}))
"""
BROKER = """
import json, sys
from dataclasses import is_dataclass
import app
from chalicelib.store.connection import Item
ours = [module for name, module in sys.modules.items() if name.startswith("chalicelib")]
kinds = {kind for module in ours for kind in vars(module).values() if isinstance(kind, type)}
dataclasses = sorted(kind.__name__ for kind in kinds if is_dataclass(kind))
connected = Item._connection is not None
print(json.dumps({"loaded": sorted(sys.modules), "connected": connected, "dataclasses": dataclasses}))
"""


def start(program=BROKER, **env):
    nobody = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **nobody, **env}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_lambda_has_its_client_before_the_first_request():
    started = start(AWS_LAMBDA_FUNCTION_NAME="brokkr")

    assert started["connected"]


def test_nothing_is_loaded_that_most_requests_do_not_need():
    """
    A read or a poll meets none of it, but for the PAK's first hash in a process.
    """
    unneeded = {"yaml", "bcrypt", "boto3", "prometheus_client", "chalicelib.api.openapi", "chalicelib.api.json_schema"}

    assert not (unneeded | KEYLESS) & set(start()["loaded"])


def test_a_start_loads_little_that_is_not_ours_beyond_what_any_start_does():
    """
    Each module more is paid by every cold start: what a few requests need is imported by the first of them.
    """
    more = set(start()["loaded"]) - set(start(FLOOR)["loaded"])

    libraries = {name.split(".")[0] for name in more} - {"app", "chalicelib"}
    assert libraries <= {"gc", "secrets", "pynamodb", "typing_extensions", "msgspec"}


def test_values_are_structs():
    """
    Python writes and compiles the source of each dataclass's methods: 0.3 ms of every cold start, thirty times what a
    Struct takes. A principal needs what a Struct has not: a field that is left out of the comparison.
    """
    assert start()["dataclasses"] == ["Principal"]


def test_another_program_makes_no_client_by_importing_the_app():
    """
    `serve` forks after the import, and `chalice package` has no credentials.
    """
    started = start()

    assert not started["connected"]
