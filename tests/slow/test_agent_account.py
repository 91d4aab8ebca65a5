"""
The agent at work, between a real broker and a real API server, with no more rights than its own account has.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from tests.slow.mixed import bundle, config_maps
from tests.slow.pipeline import a_pipeline
from tests.slow.shipped import ROOT, Shipped, turned_away, watching
from tests.support.agent_process import within

pytestmark = pytest.mark.slow

NOBODY = 65532
PYTHON = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")


@pytest.fixture
def pipeline(broker):
    with a_pipeline(broker) as it:
        yield it


@pytest.fixture
def open_folder():
    """
    Where everybody may read, and root alone may write.
    """
    if os.geteuid() != 0 or PYTHON is None:
        pytest.skip("needs root, and a Python of this version that every user may run")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def names(kube, kind, namespace, label="brokkr.io/stack"):
    return set(
        kube.kubectl("get", kind, "-n", namespace, "-l", label, "-o", "jsonpath={.items[*].metadata.name}").split()
    )


def value_of(kube, name, namespace):
    return kube.kubectl("get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.key}")


def test_an_agent_of_a_cluster_needs_no_more_than_its_account_has(kube, broker, pipeline, for_a_cluster):
    shop = f"shop-{uuid4().hex[:8]}"
    env, before = for_a_cluster.env_for(broker, pipeline), turned_away(kube)
    base = bundle(shop)

    with for_a_cluster.agent(env):
        first = pipeline.push("---\n".join([*base, *config_maps(shop, "kept", "stale")]))
        inventory = names(kube, "configmaps", "brokkr-system", f"brokkr.io/inventory-stack={pipeline.stack_id}")
        there = names(kube, "configmaps,secrets,deployments,services,roles,rolebindings,widgets", shop)
        second = pipeline.push("---\n".join([*base, *config_maps(shop, "kept")]))
        left = names(kube, "configmaps", shop)
        kube.kubectl("patch", "configmap", "kept", "-n", shop, "--type=merge", "-p", '{"data": {"key": "theirs"}}')
        within(5, lambda: value_of(kube, "kept", shop) == "ours")
        answer = checked(env)
        removed = pipeline.push("", marker=True)

    assert (first, second, removed) == (("SUCCESS", None),) * 3
    assert there == {"kept", "stale", "secret", "web", "all", "w"}
    assert left == {"kept"}
    assert len(inventory) == 1
    assert (answer.returncode, answer.stdout.count("✓")) == (0, 12)
    assert f"held by {holder(kube, pipeline)}" in answer.stdout
    assert kube.kubectl("get", "namespaces,crds,clusterroles", "-l", f"brokkr.io/stack={pipeline.stack_id}") == ""
    assert turned_away(kube) == before


def checked(env):
    command = [sys.executable, "-m", "agent", "check"]
    env = {**env, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def holder(kube, pipeline):
    lease = f"lease/brokkr-agent-{pipeline.agent.id}"
    return kube.kubectl("get", lease, "-n", "brokkr-system", "-o", "jsonpath={.spec.holderIdentity}")


def test_an_agent_of_a_namespace_works_there_and_nowhere_else(kube, broker, pipeline, for_a_namespace, place):
    env, before = for_a_namespace.env_for(broker, pipeline), turned_away(kube)
    elsewhere = "default"

    with for_a_namespace.agent(env):
        first = pipeline.push("---\n".join(config_maps(place, "kept", "stale")))
        second = pipeline.push("---\n".join(config_maps(place, "kept")))
        left = names(kube, "configmaps", place)
        kube.kubectl("delete", "configmap", "kept", "-n", place)
        within(5, lambda: names(kube, "configmaps", place) == {"kept"})
        outside = [*bundle("team-b")[:2], *config_maps(elsewhere, "away")]
        refused = pipeline.push("---\n".join([*config_maps(place, "kept"), *outside]))
        answer = checked(env)
        removed = pipeline.push("", marker=True)

    beyond = f"beyond this agent, which works in the namespace {place} alone"
    assert (first, second, removed) == (("SUCCESS", None),) * 3
    assert left == {"kept"}
    assert refused[0] == "FAILURE"
    assert set(refused[1].splitlines()) == {
        f"Namespace/team-b: {beyond}",
        f"CustomResourceDefinition/widgets.example.test: {beyond}",
        f"ConfigMap/{elsewhere}/away: {beyond}",
    }
    assert (answer.returncode, answer.stdout.count("✓")) == (0, 12)
    assert names(kube, "configmaps", place) == set()
    assert turned_away(kube) == before


def test_an_agent_that_lives_in_the_namespace_that_it_is_for_works_too(kube, broker, pipeline, tmp_path, place):
    """
    Who has one namespace and no more keeps both in it, with the overlay of docs/agent.md.
    """
    watching(place, tmp_path)
    page = (ROOT / "docs" / "agent.md").read_text()
    (overlay,) = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "team-a" in text]
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / "kustomization.yaml").write_text(overlay.replace("team-a", place))
    before = turned_away(kube)

    with (
        Shipped(kube, tmp_path / "overlay", tmp_path).installed() as shipped,
        shipped.agent(shipped.env_for(broker, pipeline)),
    ):
        first = pipeline.push("---\n".join(config_maps(place, "kept", "stale")))
        second = pipeline.push("---\n".join(config_maps(place, "kept")))
        left = names(kube, "configmaps", place)
        removed = pipeline.push("", marker=True)

    assert shipped.namespace == place
    assert (first, second, removed) == (("SUCCESS", None),) * 3
    assert (left, names(kube, "configmaps", place)) == ({"kept"}, set())
    assert turned_away(kube) == before


def test_a_stack_that_holds_the_agents_own_objects_cannot_take_them_away(kube, broker, pipeline, for_a_cluster):
    """
    An agent that deploys itself is handy, until its stack is deleted: then it would saw off the branch it sits on.
    """
    ours = [one for one in for_a_cluster.objects if one["kind"] != "Deployment"]

    with for_a_cluster.agent(for_a_cluster.env_for(broker, pipeline)):
        applied = pipeline.push(yaml.safe_dump_all(ours))
        removed = pipeline.push("", marker=True)

    kinds = ["namespace/brokkr-system", "clusterrole/brokkr-agent", "clusterrolebinding/brokkr-agent"]
    assert (applied, removed) == (("SUCCESS", None),) * 2
    assert len(kube.kubectl("get", *kinds, "-o", "name").split()) == 3
    kube.kubectl("get", "-n", "brokkr-system", "serviceaccount/brokkr-agent", "role/brokkr-agent")


def test_it_runs_as_another_user_who_may_write_nothing_but_its_data(kube, broker, pipeline, for_a_cluster, open_folder):
    """
    As in the image: user 65532 with no home, and a tree that is not theirs.
    """
    shutil.copytree(ROOT / "agent", open_folder / "agent", ignore=shutil.ignore_patterns("__pycache__"))
    data = open_folder / "data"
    files = sorted(open_folder.rglob("*.py*"))
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    env = for_a_cluster.env_for(broker, pipeline) | {
        "BROKKR__AGENT__DATA_DIR": str(data),
        "BROKKR__AGENT__KUBECONFIG_PATH": shutil.copy(for_a_cluster.kubeconfig, open_folder),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    with for_a_cluster.agent(env, python=PYTHON, root=open_folder, user=NOBODY, group=NOBODY, extra_groups=[]):
        pushed = pipeline.push(config_maps("default", "by-nobody")[0])
        removed = pipeline.push("", marker=True)

    assert (pushed, removed) == (("SUCCESS", None),) * 2
    assert sorted(open_folder.rglob("*.py*")) == files
    assert {file.name for file in data.iterdir()} == {"holder", "objects", "reports", "state"}
