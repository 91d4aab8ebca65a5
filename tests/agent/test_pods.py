import pytest

from agent.pods import Pod
from tests.support.statuses import a_pod, ended, running, waiting

BACK_OFF = "back-off pulling image registry.example/app:no"


def faults(body):
    return [(fault.reason, fault.message) for fault in Pod.of(body).faults]


@pytest.mark.parametrize(
    "reason",
    [
        *("ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"),
        *("RunContainerError", "ContainerCannotRun"),
    ],
)
def test_a_container_that_waits_for_a_bad_reason_is_a_fault_of_its_name(reason):
    pod = a_pod(phase="Pending", ready=False, containers=[waiting(reason, BACK_OFF)])

    assert faults(pod) == [(reason, f"main: {BACK_OFF}")]


def test_an_init_container_that_waits_for_one_is_named_as_such():
    pod = a_pod(phase="Pending", ready=False, status={"initContainerStatuses": [waiting("ErrImagePull", name="seed")]})

    assert faults(pod) == [("InitContainer:ErrImagePull", "seed: InitContainer:ErrImagePull")]


@pytest.mark.parametrize("reason", ["OOMKilled", "Error", "ContainerCannotRun"])
def test_a_container_that_ended_badly_is_a_fault(reason):
    assert faults(a_pod(ready=False, containers=[ended(reason, 137)])) == [(reason, "main: exit code 137")]


def test_one_that_ended_well_or_is_only_being_made_is_none():
    pod = a_pod(ready=False, containers=[ended("Completed", 0), waiting("ContainerCreating", name="other")])

    assert faults(pod) == []


def test_a_kill_for_memory_counts_until_the_pod_is_ready_again():
    before, after = (a_pod(ready=ready, containers=[running(before="OOMKilled")]) for ready in (False, True))

    assert (faults(before), faults(after)) == ([("OOMKilled", "main: exit code 137")], [])


def test_an_evicted_pod_has_failed_and_says_why():
    pod = a_pod(phase="Failed", ready=False, status={"reason": "Evicted", "message": "node was low on memory"})

    assert faults(pod) == [("PodFailed", "Evicted: node was low on memory")]


def test_a_pod_that_finds_no_node_has_no_fault_but_a_note():
    pod = Pod.of(a_pod(phase="Pending", ready=False, scheduled=("False", "Unschedulable", "0/3 nodes are available")))

    assert (pod.faults, pod.note) == ((), "Unschedulable: 0/3 nodes are available")


def test_a_message_is_one_line_of_two_hundred_characters():
    ((_, message),) = faults(a_pod(ready=False, containers=[waiting("ErrImagePull", "a\nb " + "x" * 500)]))

    assert message.startswith("main: a b x")
    assert (len(message), message[-1]) == (200, "…")


def test_what_looks_like_a_credential_is_left_out_of_a_message():
    """
    A container's last words may be the end of its log.
    """
    [(_, message)] = faults(
        a_pod(ready=False, containers=[waiting("CrashLoopBackOff", "no way in:\npassword=hunter2")])
    )

    assert message == "main: no way in: password=[redacted]"


def test_of_its_owners_the_one_that_controls_it_counts_and_its_template_by_its_labels():
    labels = {"controller-revision-hash": "6c", "pod-template-generation": "5"}
    body = a_pod(labels=labels)
    body["metadata"]["ownerReferences"].insert(0, {"kind": "Other", "uid": "other"})
    plain = a_pod(owner="", labels={"controller-revision-hash": "6c"})

    found = [(pod.owner, pod.revision) for pod in map(Pod.of, (body, plain))]

    assert found == [("uid-web-5d9c7b", "5"), ("", "6c")]
