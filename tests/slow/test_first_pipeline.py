"""
A newcomer does what docs/ci.md says, word by word, and has a push that goes live.
"""

import os
import re
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.servers import BIN, a_broker
from tests.support.agent_process import AgentProcess

pytestmark = pytest.mark.slow

PAGE = Path("docs/ci.md").read_text()
MANIFEST = re.search(r"```yaml\n# k8s/shop\.yaml\n(.*?)```", PAGE, re.DOTALL)[1]
COMMANDS = re.findall(r"^\$ (.+(?:\n {4}.+)*)", re.search(r"```console\n(.*?)```", PAGE, re.DOTALL)[1], re.MULTILINE)


class Newcomer:
    """
    At a shell of whoever runs the broker, with nothing but what was printed so far.
    """

    def __init__(self, broker, home):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("BROKKR", "AWS_"))}
        paths = {"HOME": str(home), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        broker_is = {"BROKKR_DATA_DIR": str(broker.data_dir), "BROKKR_URL": broker.url, "BROKKR_BROKER_URL": broker.url}
        self.env = kept | paths | broker_is | {"ADMIN_PAK": broker.admin_pak, "BROKKR_PAK": broker.admin_pak}

    def __call__(self, command):
        done = subprocess.run(
            ["bash", "-c", command],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout


def printed(output, name):
    return re.search(rf"^{name}: (\S+)$", output, re.MULTILINE)[1]


def test_what_the_page_says_leads_to_a_push_that_goes_live(kube, place, tmp_path):
    with a_broker() as broker:
        run = Newcomer(broker, tmp_path)
        agent = run("brokkr-broker create agent --name edge-1 --cluster-name edge")
        generator, *rest = COMMANDS
        made = run(generator)
        for command in rest:
            run(command.replace("AGENT_ID", printed(agent, "ID")).replace("GENERATOR_ID", printed(made, "ID")))
        run.env["BROKKR_PAK"] = printed(made, "Initial PAK")
        (tmp_path / "k8s").mkdir()
        (tmp_path / "k8s" / "shop.yaml").write_text(MANIFEST.replace("namespace: default", f"namespace: {place}"))
        process = AgentProcess(
            tmp_path,
            broker_url=broker.url,
            pak=printed(agent, "Initial PAK"),
            kubeconfig=kube.kubeconfig,
            name="edge-1",
            cluster_name="edge",
            namespace=f"system-{uuid4().hex[:8]}",
        )
        process.start()
        try:
            pushed = run(f"cd {tmp_path} && brokkr apply -f k8s/ --stack shop --target-label env:prod --wait=1m")
        finally:
            process.kill()

    assert pushed.endswith('live: stack "shop", revision 1: Live in 1 of 1.\n')
