"""
Requests that nobody thought of, made of the document: each gets an answer that the document promises.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from benchmarks.servers import a_broker
from tests.support.issuer import SUBJECT
from tests.support.world import config_map
from tools.borrowed import ROOT, bin_folder

pytestmark = pytest.mark.slow

SCHEMATHESIS = "schemathesis==4.32.5"
HERE = ROOT / "tests" / "slow"
SECONDS = 30
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# The first would take away what the others are asked about; the last is 501 and nothing else.
LEFT_OUT = "delete_agent|delete_stack|delete_generator|rotate_.*|.*_channel"
ODD = (None, True, -1, 0.5, 1e300, 2**70, "", "\x00", "\ud800", "é" * 2000, [], ["brokkr", 1], {"a": [None]})
CLAIMS = ("iss", "sub", "aud", "iat", "nbf", "exp", "jti", "repository", "ref", "run_id", "run_attempt", "pipeline_id")


@pytest.fixture(scope="module")
def world(broker):
    """
    The PAKs of each role, and the ids of one thing of each noun, by the path they stand in.
    """
    admin = broker.admin()
    made = admin.call("POST", "/api/v1/generators", {"name": "fuzzed"}).json()
    generator_id = made["generator"]["id"]
    agent = admin.call("POST", "/api/v1/agents", {"name": "fuzzed", "cluster_name": "fuzzed"}).json()
    agent_id = agent["agent"]["id"]
    stack = admin.call("POST", "/api/v1/stacks", {"name": "fuzzed", "generator_id": generator_id}).json()
    admin.call("POST", f"/api/v1/agents/{agent_id}/targets", {"stack_id": stack["id"]})
    manifest = {"yaml_content": config_map("fuzzed")}
    pushed = admin.call("POST", f"/api/v1/stacks/{stack['id']}/deployment-objects", manifest).json()
    question = {"agent_id": agent_id}
    asked = admin.call("POST", f"/api/v1/deployment-objects/{pushed['id']}/diagnostics", question).json()
    return {
        "paks": {"admin": admin.pak, "agent": agent["initial_pak"], "generator": made["pak"]},
        "ids": {
            "/generators/": generator_id,
            "/agents/": agent_id,
            "/stacks/": stack["id"],
            "/deployment-objects/": pushed["id"],
            "/diagnostics/": asked["id"],
        },
    }


@pytest.fixture
def trusting(issuer):
    """
    A broker that lets the issuer's jobs in.
    """
    with a_broker(BROKKR_OIDC_HTTP_ON_LOOPBACK="true") as broker:
        generator = broker.command("create", "generator", "--name", "ci")["ID"]
        broker.command("trust", "generator", "--uuid", generator, "--issuer", issuer.url, "--subject", SUBJECT)
        yield broker


@pytest.mark.parametrize("role", ["admin", "agent", "generator"])
def test_every_answer_is_one_that_the_document_promises(role, world, broker, tmp_path):
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(_about(world["ids"]))
    asked = ["--header", f"Authorization: Bearer {world['paks'][role]}", "--exclude-operation-id-regex", LEFT_OUT]

    done = _run(broker.url, ["--config-file", settings], [*asked, "--phases", "coverage,fuzzing"], tmp_path)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_so_is_every_answer_to_an_id_token(trusting, issuer, tmp_path):
    """
    The exchange takes no PAK. A text that nobody has signed comes no farther than its first lines.
    """
    odd = (issuer.token(**{name: value}) for name in CLAIMS for value in ODD)
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps([issuer.token(), *odd]))
    hooks = {"SCHEMATHESIS_HOOKS": str(HERE / "id_tokens.py"), "ID_TOKENS": str(tokens)}
    asked = ["--include-operation-id", "exchange_id_token", "--phases", "examples,coverage,fuzzing"]

    done = _run(trusting.url, [], asked, tmp_path, **hooks)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert _noted(trusting, "auth.oidc") > len(ODD)
    assert _noted(trusting, "auth.failed") > 0


def _noted(broker, action):
    return broker.admin().call("GET", f"/api/v1/admin/audit-logs?action={action}").json()["total"]


def _about(ids):
    return "\n".join(
        f'[[operations]]\ninclude-path-regex = "^(/api/v1)?{place}[{{]"\nparameters = {{ "path.id" = "{id}" }}\n'
        for place, id in ids.items()
    )


def _run(url, settings, asked, folder, **more):
    program = bin_folder(SCHEMATHESIS, "-c", str(HERE / "schemathesis.txt")) / "schemathesis"
    command = [program, *settings, "run", f"{url}/docs/openapi.json", *asked, "--checks", ",".join(CHECKS)]
    command += ["--max-time", str(SECONDS), "--seed", "1", "--no-shrink", "--warnings", "off", "--no-color"]
    env = {**os.environ, "PYTHONPATH": "", **more}
    return subprocess.run(command, cwd=Path(folder), env=env, capture_output=True, text=True, check=False)
