"""
kstatus' rules for what makes no pods, for pods themselves, and for kinds that nobody here has heard of.
"""

import pytest

from agent.judgement import Result
from agent.kstatus import has_health, judge, replicas_of
from tests.support.statuses import a_deployment, a_pod, an_object, conditions, waiting

CURRENT, IN_PROGRESS, FAILED = Result.CURRENT, Result.IN_PROGRESS, Result.FAILED


def judged(body):
    found = judge(body["apiVersion"].rpartition("/")[0], body["kind"], body)
    return found.result, found.reason


def a_widget(status=None, **words):
    known = {"conditions": conditions(**words), **(status or {})}
    return an_object("Widget", {}, known, api_version="example.test/v1", generation=2)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_widget(), (CURRENT, "")),
        (a_widget(Ready=("True", "Done", "")), (CURRENT, "")),
        (a_widget(Ready=("False", "Pulling", "pulling")), (IN_PROGRESS, "Pulling")),
        (a_widget(Ready=("Unknown", "", "")), (IN_PROGRESS, "NotReady")),
        (a_widget(Reconciling=("True", "Busy", "")), (IN_PROGRESS, "Reconciling")),
        (a_widget(Reconciling=("False", "", ""), Ready=("True", "", "")), (CURRENT, "")),
        (a_widget(Stalled=("True", "BadSpec", "no such size"), Ready=("False", "", "")), (FAILED, "Stalled")),
        (a_widget({"observedGeneration": 1}, Ready=("True", "", "")), (IN_PROGRESS, "LatestGenerationNotObserved")),
        (an_object("Widget", status={"conditions": "none"}, api_version="example.test/v1"), (CURRENT, "")),
        (an_object("Widget", status={"conditions": [1, None]}, api_version="example.test/v1"), (CURRENT, "")),
    ],
)
def test_any_kind_by_what_is_said_the_same_way_of_all(body, verdict):
    assert judged(body) == verdict


def test_a_status_that_is_no_map_is_none():
    odd = {**a_widget(), "status": "fine"}

    assert judged(odd) == (CURRENT, "")


@pytest.mark.parametrize("body", [a_deployment(), an_object("Namespace")])
def test_what_is_being_deleted_is_terminating(body):
    body["metadata"]["deletionTimestamp"] = "2026-11-24T12:00:00Z"

    assert judged(body) == (Result.TERMINATING, "Terminating")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (an_object("PersistentVolumeClaim", status={"phase": "Bound"}), (CURRENT, "")),
        (an_object("PersistentVolumeClaim", status={"phase": "Pending"}), (IN_PROGRESS, "NotBound")),
        (an_object("Service", {"type": "ClusterIP", "clusterIP": "None"}), (CURRENT, "")),
        (an_object("Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}), (CURRENT, "")),
        (an_object("Service", {"type": "LoadBalancer"}), (IN_PROGRESS, "NoIPAssigned")),
        (an_object("Namespace", status={"phase": "Active"}), (CURRENT, "")),
        (an_object("PodDisruptionBudget", api_version="policy/v1", generation=1), (CURRENT, "")),
    ],
)
def test_the_kinds_of_the_core(body, verdict):
    assert judged(body) == verdict


def a_definition(**words):
    status = {"conditions": conditions(**words)}
    return an_object("CustomResourceDefinition", {}, status, api_version="apiextensions.k8s.io/v1")


NAMED = {"NamesAccepted": ("True", "NoConflicts", "no conflicts found")}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_definition(), (IN_PROGRESS, "Installing")),
        (a_definition(**NAMED, Established=("False", "Installing", "")), (IN_PROGRESS, "Installing")),
        (a_definition(**NAMED, Established=("True", "InitialNamesAccepted", "")), (CURRENT, "")),
        (a_definition(**NAMED, Established=("False", "NotAccepted", "")), (FAILED, "NotAccepted")),
        (a_definition(NamesAccepted=("False", "PluralConflict", "taken")), (FAILED, "PluralConflict")),
    ],
)
def test_a_definition(body, verdict):
    assert judged(body) == verdict


UNSCHEDULED = ("False", "Unschedulable", "0/3 nodes are available")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (a_pod(), (CURRENT, "")),
        (a_pod(phase="Succeeded", ready=False), (CURRENT, "")),
        (a_pod(phase="Running", ready=False), (IN_PROGRESS, "PodNotReady")),
        (a_pod(phase="Pending", ready=False, scheduled=UNSCHEDULED), (IN_PROGRESS, "PodNotReady")),
        (a_pod(ready=False, containers=[waiting("CrashLoopBackOff")]), (Result.DEGRADED, "CrashLoopBackOff")),
        (a_pod(phase="Failed", ready=False), (Result.DEGRADED, "PodFailed")),
    ],
)
def test_a_pod_that_a_stack_has_itself(body, verdict):
    assert judged(body) == verdict


def test_a_pod_counts_as_one():
    ready, done = a_pod(), a_pod(phase="Succeeded", ready=False)

    counted = [replicas_of("", "Pod", pod, judge("", "Pod", pod)) for pod in (ready, done)]

    assert [(one.ready, one.total, one.all_there) for one in counted] == [(1, 1, True), (0, 0, True)]


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "ConfigMap", False),
        ("", "Secret", False),
        ("rbac.authorization.k8s.io", "Role", False),
        ("apps", "Deployment", True),
        ("", "Service", True),
        ("example.test", "Widget", True),
        ("example.test", "Secret", True),
    ],
)
def test_a_kind_that_has_no_health_is_watched_by_its_metadata_alone(group, kind, expected):
    assert has_health(group, kind) is expected
