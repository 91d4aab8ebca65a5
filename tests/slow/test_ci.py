"""
A pipeline's job as its runner runs it, with a real broker, agent and control plane.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import pytest

from cli.waiting import NOBODY_HINTS
from tests.support.agent_process import within
from tests.support.checkout import check_out
from tests.support.runners import RUNNERS
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

SECONDS = 120


@dataclass(frozen=True)
class Target:
    """
    Where a job pushes to.
    """

    url: str
    pak: str
    stack: str
    stack_id: str


@pytest.fixture(scope="module")
def scene(broker, kube, tmp_path_factory):
    with a_scene(broker, kube, tmp_path_factory.mktemp("scene")) as scene:
        scene.agent.start()
        yield scene


@pytest.fixture(params=sorted(RUNNERS))
def job(request, scene, tmp_path):
    return Job(scene, RUNNERS[request.param], tmp_path)


class Job:
    """
    One that pushes to a stack of its own, in a checkout of its own.
    """

    def __init__(self, scene, runner, folder, *, is_served=True):
        self._name = stack = f"shop-{uuid4().hex[:8]}"
        self.stack_id, self._scene, self._folder = scene.generator.new_stack(stack), scene, folder
        self.pak = scene.generator.pak
        if is_served:
            scene.admin.target(scene.me, self.stack_id)
        (folder / "home").mkdir(parents=True)
        target = Target(scene.broker.url, self.pak, stack, self.stack_id)
        self._runner = runner(check_out(folder / "checkout"), folder / "home", target)
        self._numbers = count(1)

    def run(self, state, replicas=2):
        """
        `state` is what the node makes of the pods.
        """
        number = next(self._numbers)
        file = self._folder / f"app-{number}.yaml"
        file.write_text(self._deployment(state, replicas))
        return self._runner.run(number, str(file))

    def has_pushed(self):
        return self._scene.generator.objects(self.stack_id)

    def _deployment(self, state, replicas):
        return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {self._name}, namespace: {self._scene.namespace}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {self._name}}}}}
  template:
    metadata: {{labels: {{app: {self._name}}}, annotations: {{kube.test/state: {state}}}}}
    spec: {{containers: [{{name: main, image: "app:{state}"}}]}}
"""


def test_a_good_push_goes_live(job):
    ended = job.run("ready")

    assert (ended.code, "live" in ended.told) == (0, True), ended.log
    assert job.pak not in ended.log + ended.told


def test_a_broken_image_fails_the_job_with_the_words_of_the_agent(job):
    ended = job.run("imagepull")

    assert (ended.code, "ImagePullBackOff" in ended.told) == (3, True), ended.log
    assert job.pak not in ended.log + ended.told


def test_a_second_push_supersedes_the_first(job):
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(job.run, "unready")
        within(SECONDS, job.has_pushed)
        second = job.run("ready")

    assert (second.code, first.result().code) == (0, 5), first.result().log
    assert "superseded" in first.result().told


def test_a_stack_that_no_agent_serves_ends_every_job_alike_long_before_its_time(scene, tmp_path):
    """
    The commonest first mistake: whoever makes it shall not wait five minutes for a time-out that says nothing of it.
    """
    jobs = [Job(scene, runner, tmp_path / name, is_served=False) for name, runner in RUNNERS.items()]

    with ThreadPoolExecutor(len(jobs)) as threads:
        ends = list(threads.map(lambda job: job.run("ready"), jobs))

    for ended in ends:
        assert (ended.code, "No agent serves this stack" in ended.told) == (1, True), ended.log
        assert NOBODY_HINTS[0] in ended.log
        assert "a label that an agent registered with your generator has" in ended.log


@pytest.mark.parametrize("job", ["github"], indirect=True)
def test_the_action_hands_on_what_became_of_the_push_also_when_it_failed(job):
    ended = job.run("ready", replicas=-1)

    [pushed] = job.has_pushed()
    assert ended.code == 3
    assert ended.outputs == {"deployment-object-id": pushed["id"], "sequence-id": "1", "verdict": "failed"}
    assert "must be greater than or equal to 0" in ended.told
