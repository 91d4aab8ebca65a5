"""
Requests that nobody thought of, made of the document: each gets an answer that the document promises.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.world import config_map
from tools.borrowed import ROOT, bin_folder

pytestmark = pytest.mark.slow

SCHEMATHESIS = "schemathesis==4.32.5"
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


@pytest.mark.parametrize("role", ["admin", "agent", "generator"])
def test_every_answer_is_one_that_the_document_promises(role, world, broker, tmp_path):
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(_about(world["ids"]))

    done = _run(broker.url, world["paks"][role], settings, tmp_path)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def _about(ids):
    return "\n".join(
        f'[[operations]]\ninclude-path-regex = "^(/api/v1)?{place}[{{]"\nparameters = {{ "path.id" = "{id}" }}\n'
        for place, id in ids.items()
    )


def _run(url, pak, settings, folder):
    program = bin_folder(SCHEMATHESIS, "-c", str(ROOT / "tests" / "slow" / "schemathesis.txt")) / "schemathesis"
    command = [program, "--config-file", settings, "run", f"{url}/docs/openapi.json"]
    command += ["--header", f"Authorization: Bearer {pak}", "--checks", ",".join(CHECKS)]
    command += ["--exclude-operation-id-regex", LEFT_OUT, "--phases", "coverage,fuzzing"]
    command += ["--max-time", str(SECONDS), "--seed", "1", "--no-shrink", "--warnings", "off", "--no-color"]
    env = {**os.environ, "PYTHONPATH": ""}
    return subprocess.run(command, cwd=Path(folder), env=env, capture_output=True, text=True, check=False)
