"""
Somebody asks what became of a push, and the agent, with its account's own rights, tells of real pods.
"""

import json

import pytest

from benchmarks.kubelet import logs_of
from tests.slow.pipeline import a_pipeline
from tests.slow.shipped import turned_away
from tests.support.agent_process import within

pytestmark = pytest.mark.slow


@pytest.fixture
def pipeline(broker):
    with a_pipeline(broker) as it:
        yield it


def deployment(place, name, *, replicas=1, state="ready", notes=None):
    pod = {
        "metadata": {"labels": {"app": name}, "annotations": {"kube.test/state": state, **(notes or {})}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": pod}
    metadata = {"name": name, "namespace": place}
    return json.dumps({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec})


def pods_of(kube, place, name):
    jsonpath = "{.items[*].metadata.name}"
    return kube.kubectl("-n", place, "get", "pods", "-l", f"app={name}", "-o", f"jsonpath={jsonpath}").split()


def words(pod, container, query):
    if query.get("previous"):
        return ["connecting to postgres://app:hunter2@db/shop", "panic: no database"]
    return [f"{container} of {pod} starts", '{"token": "abc.def.ghi"}']


@pytest.fixture
def logs(kube, tmp_path):
    with logs_of(kube, tmp_path, words):
        yield


@pytest.mark.usefixtures("logs")
def test_a_crashing_pod_is_told_with_its_words(kube, broker, pipeline, for_a_namespace, place):
    before = turned_away(kube)
    with for_a_namespace.agent(for_a_namespace.env_for(broker, pipeline)):
        pipeline.push(deployment(place, "web", state="crashloop"))
        kube.kubectl("-n", place, "create", "deployment", "alien", "--image", "alien:1")
        (pod,) = within(10, lambda: pods_of(kube, place, "web"))
        within(10, lambda: pods_of(kube, place, "alien"))
        asked = pipeline.ask_for_diagnosis()

        result = within(20, lambda: pipeline.diagnosis(asked))

    pods, events = json.loads(result["pod_statuses"]), json.loads(result["events"])
    assert [(one["name"], one["containers"][0]["state_reason"]) for one in pods] == [(pod, "CrashLoopBackOff")]
    assert {"Scheduled", "ScalingReplicaSet", "SuccessfulCreate"} <= {one["reason"] for one in events}
    assert json.loads(result["log_tails"]) == {
        f"{pod}/app": f'app of {pod} starts\n{{"token": [redacted]}}\n',
        f"{pod}/app (previous)": "connecting to postgres://[redacted]@db/shop\npanic: no database\n",
    }
    assert turned_away(kube) == before
