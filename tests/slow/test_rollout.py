"""
What a pipeline sees of its push, with a real broker, agent and control plane.
"""

import pytest

from tests.support.agent_process import within
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

SECONDS = 60


@pytest.fixture
def scene(broker, kube, tmp_path):
    with a_scene(broker, kube, tmp_path) as scene:
        scene.agent.start()
        yield scene


class Web:
    """
    A stack of one Deployment, and what its generator reads of it.
    """

    def __init__(self, scene):
        self._scene = scene
        self._stack = scene.new_stack()

    def push(self, state, replicas=2):
        """
        `state` is what the node makes of the pods.
        """
        return self._scene.push(self._stack, more=[self._deployment(state, replicas)])

    def _deployment(self, state, replicas):
        return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {self._scene.namespace}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}, annotations: {{kube.test/state: {state}}}}}
    spec: {{containers: [{{name: main, image: "app:{state}"}}]}}
"""

    def rollout(self, object_id):
        path = f"/api/v1/stacks/{self._stack}/rollout?deployment_object_id={object_id}"
        return self._scene.generator.call("GET", path).json()

    def until(self, object_id, verdict):
        within(SECONDS, lambda: self.rollout(object_id)["verdict"] == verdict)
        return self.rollout(object_id)


def test_a_good_push_goes_live_a_broken_image_fails_and_the_next_push_supersedes_it(scene):
    web = Web(scene)

    good = web.push("ready")
    live = web.until(good, "live")
    bad = web.push("imagepull")
    failed = web.until(bad, "failed")
    repaired = web.push("ready", replicas=1)
    again = web.until(repaired, "live")

    [of_live], [of_failed], [of_again] = live["agents"], failed["agents"], again["agents"]
    assert (of_live["state"], of_live["pods_ready"], of_live["pods_total"]) == ("healthy", 2, 2)
    assert (of_failed["state"], "ImagePullBackOff" in of_failed["conditions"]) == ("degraded", True)
    assert of_failed["applied_at"] > of_live["applied_at"]
    assert (of_again["state"], of_again["pods_total"]) == ("healthy", 1)
    [superseded] = web.rollout(bad)["agents"]
    assert (web.rollout(bad)["verdict"], superseded["state"]) == ("superseded", "superseded")


def test_a_push_that_the_cluster_refuses_fails_in_its_words(scene):
    web = Web(scene)

    refused = web.until(web.push("ready", replicas=-1), "failed")

    [one] = refused["agents"]
    assert one["state"] == "failed"
    assert any(f"Deployment/{scene.namespace}/web" in error for error in one["errors"])
