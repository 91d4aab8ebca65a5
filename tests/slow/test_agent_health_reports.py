"""
The whole way: what a cluster's controllers say, through an agent's process, to what the broker answers about it.
"""

import json

import pytest

from tests.slow.pipeline import a_pipeline
from tests.slow.shipped import turned_away
from tests.support.agent_process import within
from tests.support.faults import answered
from tests.support.scene import a_scene

pytestmark = pytest.mark.slow

REPORTS = "/health-status"


@pytest.fixture
def scene(broker, kube, tmp_path):
    with a_scene(broker, kube, tmp_path) as scene:
        yield scene


@pytest.fixture
def pipeline(broker):
    with a_pipeline(broker) as it:
        yield it


def deployment(namespace, state="ready", replicas=2):
    container = f"{{name: main, image: 'app:{state}'}}"
    pod = f"{{labels: {{app: web}}, annotations: {{kube.test/state: {state}}}}}"
    template = f"{{metadata: {pod}, spec: {{containers: [{container}]}}}}"
    spec = f"{{replicas: {replicas}, selector: {{matchLabels: {{app: web}}}}, template: {template}}}"
    return f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: {namespace}}}\nspec: {spec}\n"


def health(admin, stack_id):
    """
    What is told of the newest object that anybody has spoken of.
    """
    objects = admin.call("GET", f"/api/v1/stacks/{stack_id}/health").json()["deployment_objects"]
    if not objects:
        return None
    (record,) = admin.call("GET", f"/api/v1/deployment-objects/{objects[-1]['id']}/health").json()["health_records"]
    return record["status"], json.loads(record["summary"])["conditions"]


def await_health(admin, stack_id, status, *conditions):
    return within(20, lambda: health(admin, stack_id) == (status, list(conditions)))


def breaks_and_is_mended(shipped, pipeline, namespace):
    admin, stack_id = pipeline.admin, pipeline.stack_id
    outcomes = []
    with shipped:
        for state, expected in [
            ("ready", ["healthy"]),
            ("imagepull", ["degraded", "ImagePullBackOff", "Progressing"]),
            ("ready", ["healthy"]),
        ]:
            outcomes.append(pipeline.push(deployment(namespace, state))[0])
            await_health(admin, stack_id, *expected)
        outcomes.append(pipeline.push("", marker=True)[0])
    return outcomes


def test_the_account_of_a_cluster_has_the_rights_to_know_why_a_workload_does_not_come_up(
    kube, broker, pipeline, for_a_cluster, place
):
    before, env = turned_away(kube), for_a_cluster.env_for(broker, pipeline)

    outcomes = breaks_and_is_mended(for_a_cluster.agent(env), pipeline, place)

    assert set(outcomes) == {"SUCCESS"}
    assert turned_away(kube) == before


def test_the_account_of_a_namespace_has_them_there(kube, broker, pipeline, for_a_namespace, place):
    before, env = turned_away(kube), for_a_namespace.env_for(broker, pipeline)

    outcomes = breaks_and_is_mended(for_a_namespace.agent(env), pipeline, place)

    assert set(outcomes) == {"SUCCESS"}
    assert turned_away(kube) == before


def test_many_pods_that_come_up_are_a_handful_of_reports(scene):
    stack_id = scene.new_stack()
    scene.agent.start()

    scene.deploy(stack_id, more=[deployment(scene.namespace, replicas=50)])
    await_health(scene.admin, stack_id, "healthy")

    assert len(scene.broker.asked(REPORTS)) < 12


def test_health_that_a_broker_could_not_take_is_told_by_what_is_true_when_it_can(scene):
    stack_id = scene.new_stack()
    scene.broker.when(REPORTS, answered(503))
    scene.agent.start()

    scene.deploy(stack_id, more=[deployment(scene.namespace, "crashloop")])
    within(10, lambda: scene.broker.asked(REPORTS))
    scene.deploy(stack_id, more=[deployment(scene.namespace)])
    unheard = health(scene.admin, stack_id)
    scene.broker.heal()

    assert unheard is None
    await_health(scene.admin, stack_id, "healthy")


def test_an_agent_that_is_killed_and_starts_again_tells_of_health_again(scene):
    stack_id = scene.new_stack()
    scene.agent.start()
    scene.deploy(stack_id, more=[deployment(scene.namespace)])
    await_health(scene.admin, stack_id, "healthy")

    scene.agent.kill()
    scene.ask("DELETE", f"/api/v1/namespaces/{scene.namespace}/pods")
    before = len(scene.broker.asked(REPORTS))
    scene.agent.start()
    within(20, lambda: len(scene.broker.asked(REPORTS)) > before)

    await_health(scene.admin, stack_id, "healthy")
