"""
The tutorial's own commands, in order, against the demo's parts.
"""

import pytest
import yaml

from tools import parts
from tools.tutorial import DOCUMENT, Deployed, Shell, await_deployed, read

pytestmark = pytest.mark.slow

BLOCKS = read(DOCUMENT.read_text())
RUNNER = {  # what GitHub's runner sets, by the names that the workflow takes them from
    "vars.BROKKR_URL": "$BROKKR_URL",
    "vars.STACK_ID": "$STACK_ID",
    "secrets.BROKKR_PAK": "$GENERATOR_PAK",
}


@pytest.fixture
def cluster(kube, tmp_path):
    return parts.Cluster(kubeconfig=kube.kubeconfig, program=kube.program, discovery=tmp_path / "discovery")


@pytest.fixture
def shell(cluster, tmp_path):
    with parts.running_broker(tmp_path) as broker:
        pak = broker.create_agent("DEFAULT", "DEFAULT")
        with parts.running_agent(tmp_path, broker, cluster, pak), Shell(tmp_path, broker.env) as shell:
            yield shell


def test_every_command_of_the_tutorial_does_what_the_page_says(shell, cluster):
    for block in BLOCKS:
        if block.language == "bash":
            shell.run(block)
        elif block.language == "yaml":
            shell.source(as_the_runner_would(block.text))
            await_deployed(Deployed("myapp/myapp", "registry.example.com/myapp:v1.4.0"), cluster.kubectl)
        for deployed in block.deployed:
            await_deployed(deployed, cluster.kubectl)


def as_the_runner_would(workflow):
    """
    The workflow's commands, for a tag v1.4.0; it runs each in a bash of its own.
    """
    job = yaml.safe_load(workflow)["jobs"]["deploy"]
    given = {name: RUNNER[value.removeprefix("${{ ").removesuffix(" }}")] for name, value in job["env"].items()}
    exports = [f'export {name}="{value}"' for name, value in given.items()]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    return "\n".join(["(", *exports, "export GITHUB_REF_NAME=v1.4.0 GITHUB_RUN_ID=1", *runs, ")"])
