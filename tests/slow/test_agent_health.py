"""
How what is deployed is, as a real control plane's controllers have it.
"""

import pytest

from tests.support.live import LiveHouse

pytestmark = pytest.mark.slow

MOVING = ("unknown", "Progressing")


@pytest.fixture
def house(kube, tmp_path):
    house = LiveHouse(kube, folder=tmp_path)
    place = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": house.place}}
    house.deploy(place, stack=f"{house.stack}-place")
    yield house
    house.end()


def template(name, state, **spec):
    metadata = {"labels": {"app": name}, "annotations": {"kube.test/state": state}}
    return {"metadata": metadata, "spec": {"containers": [{"name": "main", "image": f"app:{state}"}], **spec}}


def workload(house, kind, state="ready", name="web", **spec):
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template(name, state), **spec}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    if kind == "DaemonSet":
        del spec["replicas"]
    metadata = {"name": name, "namespace": house.place}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def job(house, name, state):
    spec = {"backoffLimit": 0, "template": template(name, state, restartPolicy="Never")}
    metadata = {"name": name, "namespace": house.place}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}


def deploy(house, *bodies):
    event = house.deploy(*bodies)
    assert event["status"] == "SUCCESS", event["message"]
    return event["deployment_object_id"]


@pytest.mark.parametrize(("kind", "pods"), [("Deployment", 2), ("StatefulSet", 2), ("DaemonSet", 1), ("ReplicaSet", 2)])
def test_a_workload_comes_up_and_is_healthy(house, kind, pods):
    pushed = deploy(house, workload(house, kind))

    summary = house.until_health(pushed, "healthy")["summary"]

    assert (summary["pods_ready"], summary["pods_total"], summary["resources"]) == (pods, pods, [])


@pytest.mark.parametrize(
    ("kind", "state", "reason"),
    [
        ("Deployment", "imagepull", "ImagePullBackOff"),
        ("StatefulSet", "crashloop", "CrashLoopBackOff"),
        ("DaemonSet", "crashloop", "CrashLoopBackOff"),
    ],
)
def test_a_broken_revision_is_degraded_from_the_first_word_on_and_its_repair_is_healthy(house, kind, state, reason):
    """
    The pods of the good revision are there all the time, and must count for neither of the two others. A StatefulSet
    waits until somebody takes its broken pod away.
    """
    first = deploy(house, workload(house, kind))
    house.until_health(first, "healthy")

    second = deploy(house, workload(house, kind, state))
    broken = house.until_health(second, "degraded", reason, "Progressing")
    third = deploy(house, workload(house, kind, "ready", minReadySeconds=1))
    house.kube.kubectl("-n", house.place, "delete", "pods", "-l", "app=web", "--wait=false")
    house.until_health(third, "healthy")

    told = broken["summary"]["resources"][0]
    assert (told["kind"], told["namespace"], told["ready"]) == ("Pod", house.place, False)
    assert told["name"].startswith("web-")
    assert told["message"].startswith(f"{reason}: main: back-off")
    assert "healthy" not in {record["status"] for record in house.heard_of(second)}
    assert "degraded" not in {record["status"] for record in house.heard_of(third)[1:]}


def test_a_broken_pod_that_holds_up_the_repair_of_a_stateful_set_is_named(house):
    first = deploy(house, workload(house, "StatefulSet", "crashloop"))
    house.until_health(first, "degraded", "CrashLoopBackOff", "Progressing")

    second = deploy(house, workload(house, "StatefulSet"))
    house.until_told(second, lambda record: "of an older revision: CrashLoopBackOff" in str(record["summary"]))

    assert {record["status"] for record in house.heard_of(second)} == {"unknown"}


def test_a_deployment_that_is_past_its_deadline_is_failing(house):
    pushed = deploy(house, workload(house, "Deployment", "imagepull", progressDeadlineSeconds=1))

    summary = house.until_health(pushed, "failing", "ImagePullBackOff", "ProgressDeadlineExceeded")["summary"]

    assert summary["resources"][0]["message"].startswith("ProgressDeadlineExceeded: ReplicaSet")
    assert (summary["pods_ready"], summary["pods_total"]) == (0, 2)


def test_a_job_is_healthy_when_it_is_done_and_failing_when_it_has_failed(house):
    good = deploy(house, job(house, "good", "succeeded"))
    house.until_health(good, "healthy")
    bad = deploy(house, job(house, "good", "succeeded"), job(house, "bad", "failed"))

    told = house.until_health(bad, "failing", "JobFailed")["summary"]["resources"]

    assert [(one["kind"], one["name"]) for one in told] == [("Job", "bad")]


def test_a_pod_of_its_own_that_crashes_is_degraded(house):
    pod = {"apiVersion": "v1", "kind": "Pod", **template("alone", "crashloop")}
    pod["metadata"] |= {"name": "alone", "namespace": house.place}

    pushed = deploy(house, pod)

    assert house.until_health(pushed, "degraded", "CrashLoopBackOff")["summary"]["pods_total"] == 1


def test_a_claim_waits_for_its_volume(house):
    metadata = {"name": "data", "namespace": house.place}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "none"}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}

    pushed = deploy(house, claim)
    waiting = house.until_health(pushed, *MOVING)["summary"]["resources"]
    set_status(house, "persistentvolumeclaim/data", '{"phase": "Bound"}')

    assert [one["message"] for one in waiting] in (["phase: Pending"], ["not seen since it was applied"])
    house.until_health(pushed, "healthy")


def test_a_custom_resource_is_judged_by_its_conditions_and_generation(house):
    group = f"{house.place}.test"
    definition, gadget = a_definition(group), a_gadget(house, group)
    pushed = deploy(house, definition, gadget)
    house.until_health(pushed, "healthy")

    set_status(house, f"gadgets.{group}/g", conditions(1, Ready="False"))
    house.until_health(pushed, *MOVING)
    set_status(house, f"gadgets.{group}/g", conditions(1, Stalled="True"))
    house.until_health(pushed, "failing", "Stalled")
    set_status(house, f"gadgets.{group}/g", conditions(1, Ready="True"))
    house.until_health(pushed, "healthy")
    gadget["spec"]["size"] = 2
    resized = deploy(house, definition, gadget)
    house.until_health(resized, *MOVING)
    set_status(house, f"gadgets.{group}/g", conditions(2, Ready="True"))

    house.until_health(resized, "healthy")


def test_an_agent_that_starts_again_knows_after_its_first_pass(house):
    pushed = deploy(house, workload(house, "Deployment"))
    house.until_health(pushed, "healthy")
    house.broker.health.clear()
    house.end()

    again = LiveHouse(house.kube, folder=house.folder, broker=house.broker)
    again.place, again.stack = house.place, house.stack
    again.deployer.recall()
    again.until(again.stacks_idle)
    again._watches.keep(again.lookout.kinds())
    again.until_health(pushed, "healthy")
    again.end()

    assert {record["status"] for record in again.heard_of(pushed)} == {"healthy"}


def test_pods_are_looked_at_only_while_something_is_not_all_there(house):
    pushed = deploy(house, workload(house, "Deployment", "imagepull"))
    house.until_health(pushed, "degraded", "ImagePullBackOff", "Progressing")
    followed = set(house.pods._books)
    mended = deploy(house, workload(house, "Deployment"))
    house.until_health(mended, "healthy")
    house.clock.now += 61
    house.health.report_health()

    assert (followed, set(house.pods._books)) == ({house.place}, set())


def set_status(house, name, status):
    house.kube.kubectl(
        *("-n", house.place, "patch", name, "--subresource=status", "--type=merge", "-p", f'{{"status": {status}}}')
    )


def conditions(generation, **by_type):
    known = ", ".join(f'{{"type": "{kind}", "status": "{status}"}}' for kind, status in by_type.items())
    return f'{{"observedGeneration": {generation}, "conditions": [{known}]}}'


def a_definition(group):
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}}
    version["schema"] = {"openAPIV3Schema": schema}
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    metadata = {"name": f"gadgets.{group}"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": metadata,
        "spec": spec,
    }


def a_gadget(house, group):
    metadata = {"name": "g", "namespace": house.place}
    return {"apiVersion": f"{group}/v1", "kind": "Gadget", "metadata": metadata, "spec": {"size": 1}}
