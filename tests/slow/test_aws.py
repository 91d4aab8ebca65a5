"""
From the source to a broker in an emulated AWS, both ways, and what becomes of the data.
"""

import json
import re
import shutil
from dataclasses import dataclass

import httpx
import pytest

from tests.slow.emulator import BIN, REGION, Emulator, an_emulator
from tests.support.aws import event_of
from tests.support.world import config_map
from tools import parts
from tools.borrowed import ROOT
from tools.tutorial import DOCUMENT, Shell, await_deployed, read

pytestmark = pytest.mark.slow

SOURCE = ("app.py", "constraints.txt", "requirements.txt", "template.yaml")
FOLDERS = ("chalicelib", ".chalice", "tools")


@dataclass(frozen=True)
class Deployed:
    """
    A broker in the emulator: its address, its table, its admin.
    """

    emulator: Emulator
    url: str
    table: str
    pak: str

    def ask(self, method, path, *, pak=None, **more):
        headers = {"Authorization": f"Bearer {pak or self.pak}"}
        answer = httpx.request(method, self.url + path, headers=headers, timeout=30, **more)
        assert answer.is_success, answer.text
        return answer

    def everything(self):
        """
        What the admin sees.
        """
        return [
            self.ask("GET", f"/api/v1/{noun}").json() for noun in ("generators", "stacks", "agents", "agent-events")
        ]


class ForTheTutorial(parts.Broker):
    """
    Its commands find the table in the emulator, where those of the demo find a folder.
    """

    @property
    def env(self):
        return super().env | {"BROKKR_DATA_DIR": ""} | self.store

    @property
    def store(self):
        return dict(line.split("=", 1) for line in self.data_dir.read_text().splitlines())


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with an_emulator(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def deployed(emulator):
    """
    `make deploy STAGE=dev`, and the first admin.
    """
    said = emulator.tools_deploy("deploy", "dev")
    return initialised(emulator, said, table=re.search(r"^TableName: (\S+)$", said, re.MULTILINE)[1])


@pytest.fixture
def other(emulator):
    """
    What `make deploy STAGE=prod PARAMETERS=FunctionUrl=on` says; undone afterwards.
    """
    yield emulator.tools_deploy("deploy", "prod", "--parameters", "FunctionUrl=on")
    if any(one.startswith("brokkr-prod") for one in functions(emulator)):
        emulator.tools_deploy("undeploy", "prod")


def store_of(emulator, table):
    return ["--dynamodb-endpoint", emulator.url, "--region", REGION, "--table", table]


def initialised(emulator, said, *, table):
    made = emulator.run(BIN / "brokkr-broker", "init", *store_of(emulator, table))
    return Deployed(emulator, emulator.address(said), table, re.search(r"^Admin PAK .*: (\S+)$", made, re.MULTILINE)[1])


def changed(folder):
    """
    The source of a broker that says something else of its health.
    """
    for name in SOURCE:
        shutil.copy2(ROOT / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "deployments"))
    health = folder / "chalicelib" / "api" / "health.py"
    before = health.read_text()
    after = before.replace('Text("OK")', 'Text("OK, and changed")')
    assert after != before
    health.write_text(after)
    return folder


def functions(emulator):
    return [one["FunctionName"] for one in emulator.client("lambda").list_functions()["Functions"]]


def asked_past_the_gateway(emulator, said, path):
    host = re.search(r"^FunctionUrl: https://([^/\s]+)$", said, re.MULTILINE)[1]
    answer = httpx.get(f"{emulator.url}/{path}", headers={"Host": host}, timeout=30)
    return answer.status_code, answer.text


def invoke(emulator, function, event):
    answer = emulator.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.load(answer["Payload"])


def push(deployed, name):
    stack = deployed.ask("POST", "/api/v1/stacks", json={"name": name}).json()["id"]
    body = {"yaml_content": config_map(name)}
    return deployed.ask("POST", f"/api/v1/stacks/{stack}/deployment-objects", json=body).json()


def test_the_tutorial_works_on_a_deployed_broker(deployed, kube, tmp_path):
    """
    Every request of the page through API Gateway and Lambda, and an agent that polls through them too.
    """
    cluster = parts.Cluster(kubeconfig=kube.kubeconfig, program=kube.program, discovery=tmp_path / "discovery")
    store = tmp_path / "store"
    store.write_text(
        f"BROKKR_DYNAMODB_ENDPOINT={deployed.emulator.url}\nAWS_REGION={REGION}\nBROKKR_TABLE={deployed.table}"
    )
    broker = ForTheTutorial(url=deployed.url, admin_pak=deployed.pak, data_dir=store)
    pak = broker.create_agent("DEFAULT", "DEFAULT")

    with parts.running_agent(tmp_path, broker, cluster, pak), Shell(tmp_path, broker.env) as shell:
        for block in read(DOCUMENT.read_text()):
            if block.language == "bash":
                shell.run(block)
            for wanted in block.deployed:
                await_deployed(wanted, cluster.kubectl)


def test_an_update_changes_the_broker_and_keeps_the_data(deployed, tmp_path):
    pushed = push(deployed, "kept")
    before = deployed.everything()

    said = deployed.emulator.tools_deploy("deploy", "dev", source=changed(tmp_path))

    updated = Deployed(deployed.emulator, deployed.emulator.address(said), deployed.table, deployed.pak)
    assert "Modify APIHandler (AWS::Lambda::Function)" in said
    assert "Table (AWS::DynamoDB::Table)" not in said
    assert updated.ask("GET", "/healthz").text == "OK, and changed"
    assert updated.everything() == before
    assert updated.ask("GET", f"/api/v1/deployment-objects/{pushed['id']}").json() == pushed


def test_what_has_not_changed_is_not_deployed(emulator, other):
    """
    Nor is a parameter forgotten that was given once.
    """
    said = emulator.tools_deploy("deploy", "prod")

    assert "brokkr-prod: nothing changes" in said
    assert asked_past_the_gateway(emulator, other, "healthz") == (200, "OK")


def test_the_function_url_is_a_second_door(emulator, other):
    assert asked_past_the_gateway(emulator, other, "healthz") == (200, "OK")
    assert asked_past_the_gateway(emulator, other, "nothing")[0] == 404


def test_the_table_is_left_when_all_else_is_taken_away(emulator, other):
    table = re.search(r"^TableName: (\S+)$", other, re.MULTILINE)[1]
    initialised(emulator, other, table=table)

    said = emulator.tools_deploy("undeploy", "prod")

    assert f"Its table {table} stays" in said
    assert not [one for one in functions(emulator) if one.startswith("brokkr-prod")]
    assert "Already initialised" in emulator.run(BIN / "brokkr-broker", "init", *store_of(emulator, table))


def test_chalices_own_way_makes_a_function_that_works_on_the_table_of_init(emulator, tmp_path):
    """
    Asked past the gateway: this emulator makes an API of a template's definition, and none of one that it is sent.
    """
    source = changed(tmp_path)

    said = emulator.run(BIN / "chalice", "deploy", "--stage", "dev", cwd=source)

    pak = initialised(emulator, said, table="brokkr-dev").pak
    answer = invoke(emulator, "brokkr-dev", event_of("POST", "/api/v1/auth/pak", pak))
    assert (answer["statusCode"], json.loads(answer["body"])["admin"]) == (200, True)
    assert invoke(emulator, "brokkr-dev", event_of("GET", "/healthz", pak))["body"] == "OK, and changed"
