"""
A real agent whose API server fails in every way that one can: it tries again, goes on, and reports.
"""

import json
import shutil
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.agent_process import within
from tests.support.faults import answered, half_an_answer, html, lost_answer, no_answer, slow
from tests.support.scene import a_scene
from tools.kube.build import build
from tools.kube.control_plane import ControlPlane

pytestmark = pytest.mark.slow

OBJECTS = "/configmaps/c-"
EVERYTHING = "/"
NAMES = tuple(f"c-{number}" for number in range(8))
BROKEN_KIND = "apiVersion: broken.test/v1\nkind: Nothing\nmetadata: {name: nothing}\n"


@pytest.fixture(scope="module")
def scene(broker, kube, tmp_path_factory):
    with a_scene(broker, kube, tmp_path_factory.mktemp("scene")) as scene:
        scene.stack = scene.new_stack()
        scene.agent.start()
        yield scene


@pytest.fixture(autouse=True)
def healed(scene):
    yield
    scene.cluster.heal()


@pytest.fixture
def deployed(scene):
    """
    One object that stays and one that will go.
    """
    scene.deploy(scene.stack, "stays", "goes", value=str(time.monotonic()))


def status(code, message="not now", **headers):
    return answered(code, json.dumps({"kind": "Status", "code": code, "message": message}).encode(), **headers)


TROUBLES = {
    "429": status(429, Retry_After=1),
    "409": status(409, "the object has been modified"),
    "500 of etcd": status(500, "etcdserver: request timed out"),
    "503": html(503),
    "dropped": no_answer(),
    "done but not answered": lost_answer(),
    "half": half_an_answer(),
    "slow": slow(1),
}


@pytest.mark.parametrize("fault", TROUBLES.values(), ids=TROUBLES)
def test_what_passes_is_got_over(scene, deployed, fault):
    scene.cluster.when(scene.config_maps, fault, method="PATCH", times=3)
    scene.cluster.when(scene.config_maps, fault, method="GET|DELETE", times=2)

    scene.deploy(scene.stack, "stays", *NAMES)

    assert scene.uids().keys() == {"stays", *NAMES}


def test_what_does_not_pass_is_reported_removes_nothing_and_is_got_over_when_it_does(scene, deployed):
    scene.cluster.when(f"{OBJECTS}3", status(500, "no luck"), method="PATCH")
    pushed = scene.push(scene.stack, "stays", *NAMES)
    scene.await_outcome(pushed, "FAILURE")
    during, said = scene.uids(), scene.message(pushed)

    scene.cluster.heal()
    scene.await_outcome(pushed, "SUCCESS")

    assert f"ConfigMap/{scene.namespace}/c-3: no luck" in said
    assert "goes" in during
    assert scene.uids().keys() == {"stays", *NAMES}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_cannot_be_removed_is_not_forgotten(scene, deployed, method):
    scene.cluster.when(f"{scene.config_maps}/goes", status(403, "forbidden"), method=method)
    pushed = scene.push(scene.stack, "stays")
    scene.await_outcome(pushed, "FAILURE")
    during = scene.uids()

    scene.agent.kill()
    scene.cluster.heal()
    scene.agent.start()
    within(20, lambda: scene.uids().keys() == {"stays"})

    assert "goes" in during
    scene.await_outcome(pushed, "SUCCESS")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("PATCH", OBJECTS, 200),
        ("GET", "/configmaps/goes", 200),
        ("GET", "/configmaps/goes", 404),
        ("GET", "^/api/v1$", 404),
        ("GET", "brokkr.io%2Finventory-agent", 200),
    ],
    ids=["apply", "look", "look 404", "discovery 404", "inventory"],
)
def test_a_page_that_is_none_of_the_api_servers_is_believed_by_nobody(scene, deployed, method, path, code):
    """
    A gateway before the API server says 200 to everything, with a page to log in, or 404.
    """
    scene.agent.kill()
    scene.cluster.when(path, html(code), method=method)
    pushed = scene.push(scene.stack, "stays", *NAMES)
    scene.agent.start()
    since = time.monotonic()
    within(15, lambda: scene.cluster.asked(path, method, since))
    time.sleep(1)
    during, said = scene.uids(), scene.outcome(pushed)

    scene.cluster.heal()
    scene.await_outcome(pushed, "SUCCESS", 40)

    assert "goes" in during
    assert said != "SUCCESS"
    assert scene.uids().keys() == {"stays", *NAMES}


def test_an_api_that_nobody_serves_harms_only_who_wants_it(scene, deployed):
    """
    One APIService whose server is away makes discovery fail for its group, and for no other.
    """
    spec = {
        "group": "broken.test",
        "version": "v1",
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "insecureSkipTLSVerify": True,
        "service": {"name": "nobody", "namespace": "default"},
    }
    body = {"metadata": {"name": "v1.broken.test"}, "spec": spec}
    services = "/apis/apiregistration.k8s.io/v1/apiservices"
    scene.ask("POST", services, json.dumps(body).encode()).insist()
    other_stack = scene.new_stack()
    within(20, lambda: scene.ask("GET", "/apis/broken.test/v1", tries=1).status == 503)

    broken = scene.push(other_stack, more=[BROKEN_KIND])
    scene.deploy(scene.stack, "stays", *NAMES)
    scene.await_outcome(broken, "FAILURE", 30)
    scene.ask("DELETE", f"{services}/v1.broken.test").insist()

    assert scene.uids().keys() == {"stays", *NAMES}
    assert "Nothing/nothing" in scene.message(broken)


def test_an_api_server_that_is_away_at_start_is_waited_for(scene, deployed):
    scene.agent.kill()
    scene.cluster.when(EVERYTHING, no_answer())
    pushed = scene.push(scene.stack, "stays")
    scene.agent.start()
    since = len(scene.agent.said("waiting", step="probe", reason="unreachable"))
    within(10, lambda: len(scene.agent.said("waiting", step="probe", reason="unreachable")) > since)
    heartbeats = len(scene.broker.asked("/heartbeat"))
    within(5, lambda: len(scene.broker.asked("/heartbeat")) > heartbeats)

    scene.cluster.heal()

    scene.await_outcome(pushed, "SUCCESS")


@pytest.fixture
def plane():
    """
    A control plane whose API server may be killed.
    """
    home = Path(tempfile.mkdtemp(prefix="kube-"))
    shutil.rmtree(home)
    plane = ControlPlane(build() / "kube", home)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()


def restart_api_server(plane):
    server = plane.processes["apiserver"]
    command = server.args
    server.kill()
    server.wait()
    time.sleep(1)
    plane._run("apiserver", *command[2:])


def test_an_api_server_that_is_restarted_in_the_middle_of_an_apply_is_waited_for(broker, plane, tmp_path):
    kube, many = SimpleNamespace(kubeconfig=plane.kubeconfig), {f"c-{number}" for number in range(300)}
    with a_scene(broker, kube, tmp_path) as scene:
        stack_id = scene.new_stack()
        scene.agent.start()
        scene.deploy(stack_id, "goes", "stays")

        scene.cluster.when(OBJECTS, slow(0.05), method="PATCH")
        pushed = scene.push(stack_id, "stays", *many)
        within(20, lambda: len(scene.cluster.asked("fieldValidation=Ignore$", "PATCH")) >= 100)
        restart_api_server(plane)
        scene.await_outcome(pushed, "SUCCESS", 60)

        assert scene.uids().keys() == {"stays", *many}
