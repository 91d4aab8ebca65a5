import json
import random
import zlib
from dataclasses import replace

import pytest

from agent.checkup import NOT_SEEN_YET, Examined
from agent.health_record import MOST_RESOURCES, record, unsettled
from agent.judgement import CURRENT, Judgement, Replicas, Result, failed, in_progress
from agent.pods import Pod
from agent.refs import Ref
from tests.support.statuses import a_pod, ended, waiting

PULLING = a_pod(phase="Pending", ready=False, containers=[waiting("ImagePullBackOff", "back-off pulling image")])
UNSCHEDULED = a_pod("lost", "Pending", ready=False, scheduled=("False", "Unschedulable", "no node fits"))
MOVING = in_progress("LessReady", "Ready: 0/2")


def ref(name, kind="Deployment"):
    return Ref("apps" if kind != "Job" else "batch", kind, "shop", name, "v1")


def examined(judgement, *, ready=0, total=2):
    return Examined("uid", "7", judgement, Replicas(ready, total, "3", judgement is CURRENT))


def recorded(findings, *pods):
    return record("object", findings, lambda *_: [Pod.of(pod) for pod in pods])


def summary_of(findings, *pods):
    return recorded(findings, *pods)["summary"]


@pytest.mark.parametrize(
    ("judgements", "pods", "status", "conditions"),
    [
        ([], [], "healthy", []),
        ([CURRENT, CURRENT], [PULLING], "healthy", []),
        ([CURRENT, MOVING], [], "unknown", ["Progressing"]),
        ([NOT_SEEN_YET], [], "unknown", ["Progressing"]),
        ([Judgement(Result.TERMINATING)], [], "unknown", ["Progressing"]),
        ([Judgement(Result.NOT_FOUND)], [], "unknown", ["Progressing"]),
        ([MOVING], [a_pod()], "unknown", ["Progressing"]),
        ([MOVING], [UNSCHEDULED], "unknown", ["Progressing"]),
        ([CURRENT, MOVING], [PULLING], "degraded", ["ImagePullBackOff", "Progressing"]),
        ([Judgement(Result.DEGRADED, "PodFailed")], [], "degraded", ["PodFailed"]),
        ([failed("JobFailed", ""), CURRENT], [], "failing", ["JobFailed"]),
        (
            [failed("ProgressDeadlineExceeded", "")],
            [PULLING],
            "failing",
            ["ImagePullBackOff", "ProgressDeadlineExceeded"],
        ),
    ],
)
def test_the_worst_of_all_is_the_status_and_what_takes_its_time_is_not_known_yet(judgements, pods, status, conditions):
    findings = {ref(f"web-{number}"): examined(one) for number, one in enumerate(judgements)}

    found = recorded(findings, *pods)

    assert (found["status"], found["summary"]["conditions"]) == (status, conditions)


def test_a_fault_of_a_pod_names_the_pod_and_what_it_says():
    resources = summary_of({ref("web"): examined(MOVING)}, PULLING)["resources"]

    assert resources == [
        {
            "kind": "Pod",
            "name": "web-5d9c7b-x2x4z",
            "namespace": "shop",
            "ready": False,
            "message": "ImagePullBackOff: main: back-off pulling image",
        },
        {"kind": "Deployment", "name": "web", "namespace": "shop", "ready": False, "message": "Ready: 0/2"},
    ]


def test_pods_are_counted_by_their_workloads_word_until_they_are_seen_themselves():
    settled, moving = {ref("a"): examined(CURRENT, ready=2)}, {ref("a"): examined(MOVING, ready=2)}

    counts = [summary_of(settled, PULLING), summary_of(moving), summary_of(moving, PULLING, a_pod("b"))]

    assert [(one["pods_ready"], one["pods_total"]) for one in counts] == [(2, 2), (2, 2), (1, 2)]


def test_a_broken_pod_of_an_older_revision_is_named_and_no_fault_of_the_newest():
    """
    A StatefulSet waits until somebody takes it away.
    """
    old = replace(Pod.of(a_pod("db-1", ready=False, containers=[waiting("CrashLoopBackOff")])), is_of_newest=False)
    fine = replace(Pod.of(a_pod("db-0")), is_of_newest=False)

    found = record("object", {ref("db", "StatefulSet"): examined(MOVING, ready=1)}, lambda *_: [old, fine])

    assert (found["status"], found["summary"]["conditions"]) == ("unknown", ["Progressing"])
    assert found["summary"]["pods_ready"] == 0
    assert "of an older revision: CrashLoopBackOff: main: " in found["summary"]["resources"][0]["message"]


def test_a_try_of_a_job_that_failed_is_the_jobs_own_business():
    tried, pulling = a_pod(phase="Failed", ready=False, containers=[ended("Error")]), PULLING
    findings = {ref("seed", "Job"): examined(in_progress("LessReady", "Running: 0/1"))}

    statuses = [recorded(findings, pod)["status"] for pod in (tried, pulling)]

    assert statuses == ["unknown", "degraded"]


def test_the_worst_comes_first_and_there_are_never_many():
    findings = {ref(f"slow-{number}"): examined(MOVING) for number in range(50)}
    findings[ref("zz")] = examined(failed("Stalled", "no such size"))

    resources = summary_of(findings)["resources"]

    assert resources[0]["message"] == "Stalled: no such size"
    assert len(resources) == MOST_RESOURCES


def test_a_record_stays_small_whatever_is_said_in_it():
    noise = random.Random(6)
    findings = {
        ref("".join(noise.choices("abcdefghij0123456789", k=60))): examined(
            failed("Stalled", "".join(map(chr, noise.choices(range(33, 126), k=900))))
        )
        for _ in range(30)
    }

    summary = summary_of(findings)

    assert summary["resources"]
    assert len(zlib.compress(json.dumps(summary).encode())) <= 700
    assert all(len(one["message"]) <= 200 for one in summary["resources"])


def test_only_namespaces_where_something_is_not_all_there_are_looked_into():
    findings = {
        ref("a"): examined(CURRENT),
        Ref("apps", "Deployment", "lab", "b", "v1"): examined(MOVING),
        Ref("example.test", "Widget", "yard", "c", "v1"): Examined("uid", "7", MOVING),
    }

    assert unsettled(findings) == {"lab"}
