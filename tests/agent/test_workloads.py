"""
kstatus' rules for what makes pods, on statuses as the controllers write them.
"""

import pytest

from agent.judgement import Result
from agent.kstatus import judge, replicas_of
from tests.support.statuses import a_deployment, an_object, conditions

CURRENT, IN_PROGRESS, FAILED = Result.CURRENT, Result.IN_PROGRESS, Result.FAILED
LATE = {"Progressing": ("False", "ProgressDeadlineExceeded", 'ReplicaSet "web-7f" has timed out progressing.')}
UNDER_WAY = {"Progressing": ("True", "ReplicaSetUpdated", 'ReplicaSet "web-7f" is progressing.')}
REFUSED = {"ReplicaFailure": ("True", "FailedCreate", "exceeded quota: pods")}


def judged(body):
    group = body["apiVersion"].rpartition("/")[0]
    found = judge(group, body["kind"], body)
    return found.result, found.reason


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_deployment(), (CURRENT, "")),
        (a_deployment(wants=0), (CURRENT, "")),
        (a_deployment(replicas=1), (IN_PROGRESS, "LessReplicas")),
        (a_deployment(updatedReplicas=1), (IN_PROGRESS, "LessUpdated")),
        (a_deployment(replicas=3), (IN_PROGRESS, "ExtraPods")),
        (a_deployment(availableReplicas=1), (IN_PROGRESS, "LessAvailable")),
        (a_deployment(readyReplicas=1), (IN_PROGRESS, "LessReady")),
        (a_deployment(words=UNDER_WAY), (IN_PROGRESS, "ReplicaSetNotAvailable")),
        (a_deployment(words=UNDER_WAY, spec={"progressDeadlineSeconds": 2**31 - 1}), (CURRENT, "")),
        (a_deployment(words={"Available": ("False", "", "")}), (IN_PROGRESS, "DeploymentNotAvailable")),
        (a_deployment(words=LATE, readyReplicas=0), (FAILED, "ProgressDeadlineExceeded")),
        (a_deployment(words=REFUSED, replicas=0), (IN_PROGRESS, "ReplicaFailure")),
        (a_deployment(observedGeneration=3), (IN_PROGRESS, "LatestGenerationNotObserved")),
        (a_deployment(words=LATE, observedGeneration=3), (IN_PROGRESS, "LatestGenerationNotObserved")),
    ],
)
def test_a_deployment(body, verdict):
    assert judged(body) == verdict


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
def test_a_workload_that_no_controller_has_looked_at_is_in_progress(kind):
    fresh = an_object(kind, {"replicas": 0}, api_version="apps/v1")

    assert judged(fresh) == (IN_PROGRESS, "NoObservedGeneration")


def a_stateful_set(partition=0, spec=None, **counts):
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    if partition is None:
        rolling = {"type": "RollingUpdate"}
    status = {"replicas": 3, "readyReplicas": 3, "currentReplicas": 3, "updatedReplicas": 3}
    revisions = {"currentRevision": "db-6c", "updateRevision": "db-6c"}
    spec = {"replicas": 3, "updateStrategy": rolling, **(spec or {})}
    return an_object(
        "StatefulSet", spec, {**status, **revisions, **counts}, api_version="apps/v1", name="db", generation=2
    )


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_stateful_set(), (CURRENT, "")),
        (a_stateful_set(replicas=2), (IN_PROGRESS, "LessReplicas")),
        (a_stateful_set(readyReplicas=2), (IN_PROGRESS, "LessReady")),
        (a_stateful_set(replicas=4), (IN_PROGRESS, "ExtraPods")),
        (a_stateful_set(updatedReplicas=1), (IN_PROGRESS, "PartitionRollout")),
        (a_stateful_set(partition=2, updatedReplicas=1, updateRevision="db-7d"), (CURRENT, "")),
        (a_stateful_set(partition=1, updatedReplicas=1, updateRevision="db-7d"), (IN_PROGRESS, "PartitionRollout")),
        (a_stateful_set(partition=None), (CURRENT, "")),
        (a_stateful_set(partition=None, updateRevision="db-7d"), (IN_PROGRESS, "RevisionMismatch")),
        (a_stateful_set(partition=None, currentReplicas=2), (IN_PROGRESS, "LessCurrent")),
        (a_stateful_set(spec={"updateStrategy": {"type": "OnDelete"}}, readyReplicas=0), (CURRENT, "")),
    ],
)
def test_a_stateful_set(body, verdict):
    assert judged(body) == verdict


def a_daemon_set(**counts):
    numbers = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled")
    status = dict.fromkeys((*numbers, "numberAvailable", "numberReady"), 3)
    notes = {"deprecated.daemonset.template.generation": "5"}
    return an_object(
        "DaemonSet", {}, {**status, **counts}, api_version="apps/v1", name="log", generation=5, annotations=notes
    )


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_daemon_set(), (CURRENT, "")),
        (a_daemon_set(currentNumberScheduled=2), (IN_PROGRESS, "LessCurrent")),
        (a_daemon_set(updatedNumberScheduled=1), (IN_PROGRESS, "LessUpdated")),
        (a_daemon_set(numberAvailable=1), (IN_PROGRESS, "LessAvailable")),
        (a_daemon_set(numberReady=1), (IN_PROGRESS, "LessReady")),
    ],
)
def test_a_daemon_set(body, verdict):
    assert judged(body) == verdict


def a_replica_set(words=None, **counts):
    status = dict.fromkeys(("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas"), 2)
    status = {**status, "conditions": conditions(**(words or {})), **counts}
    return an_object("ReplicaSet", {"replicas": 2}, status, api_version="apps/v1", generation=1)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_replica_set(), (CURRENT, "")),
        (a_replica_set(fullyLabeledReplicas=1), (IN_PROGRESS, "LessLabelled")),
        (a_replica_set(availableReplicas=1), (IN_PROGRESS, "LessAvailable")),
        (a_replica_set(readyReplicas=1), (IN_PROGRESS, "LessReady")),
        (a_replica_set(replicas=3), (IN_PROGRESS, "ExtraPods")),
        (a_replica_set(REFUSED), (IN_PROGRESS, "ReplicaFailure")),
    ],
)
def test_a_replica_set(body, verdict):
    assert judged(body) == verdict


def a_job(words=None, **status):
    known = {"startTime": "2026-11-24T12:00:00Z", "conditions": conditions(**(words or {})), **status}
    return an_object("Job", {"backoffLimit": 6}, known, api_version="batch/v1", name="seed", generation=1)


FAILED_JOB = {"Failed": ("True", "BackoffLimitExceeded", "Job has reached the specified backoff limit")}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (an_object("Job", {}, {}, api_version="batch/v1"), (IN_PROGRESS, "JobNotStarted")),
        (a_job(active=1, ready=0), (IN_PROGRESS, "LessReady")),
        (a_job(active=1, ready=1), (CURRENT, "")),
        (a_job(active=1), (CURRENT, "")),
        (a_job(active=0, failed=1), (IN_PROGRESS, "LessReady")),
        (a_job(active=2, ready=0, succeeded=3), (CURRENT, "")),
        (a_job({"Complete": ("True", "", "")}, succeeded=1), (CURRENT, "")),
        (a_job({"Suspended": ("True", "JobSuspended", "")}), (CURRENT, "")),
        (a_job(FAILED_JOB, failed=7), (FAILED, "JobFailed")),
        (an_object("CronJob", {}, {}, api_version="batch/v1"), (CURRENT, "")),
    ],
)
def test_a_job(body, verdict):
    assert judged(body) == verdict


def test_what_keeps_pods_from_being_made_is_told():
    found = judge("apps", "Deployment", a_deployment(words=REFUSED, replicas=0))

    assert found.message == "Replicas: 0/2: exceeded quota: pods"


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        (a_deployment(updatedReplicas=1, readyReplicas=2), (1, 2, "3", False)),
        (a_deployment(replicas=3, updatedReplicas=1, readyReplicas=2), (0, 2, "3", False)),
        (a_deployment(), (2, 2, "3", True)),
        (a_stateful_set(readyReplicas=1), (1, 3, "db-6c", False)),
        (a_daemon_set(numberReady=2), (2, 3, "5", False)),
        (a_replica_set(), (2, 2, "", True)),
        (a_job(active=2, ready=1, succeeded=1), (1, 2, "", False)),
    ],
)
def test_a_workload_says_how_many_of_its_pods_are_ready(body, counted):
    group = body["apiVersion"].rpartition("/")[0]
    judgement = judge(group, body["kind"], body)

    replicas = replicas_of(group, body["kind"], body, judgement)

    assert (replicas.ready, replicas.total, replicas.revision, replicas.all_there) == counted
