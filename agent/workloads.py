"""
Whether a workload is what it should be: kstatus' rules for what makes pods. Pure.
"""

from collections.abc import Iterable

from agent.judgement import (
    CURRENT,
    Body,
    Judgement,
    Replicas,
    conditions,
    failed,
    holds,
    in_progress,
    number,
    part,
    text,
)

NO_DEADLINE = 2**31 - 1
REVISION = "deployment.kubernetes.io/revision"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

Shortage = tuple[str, str, int, int]


def deployment(body: Body) -> Judgement:
    known = conditions(body)
    progressing = known.get("Progressing", {})
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return failed("ProgressDeadlineExceeded", text(progressing, "message"))
    short = unseen(body) or _short(_of_deployment(body))
    if short:
        return _with_cause(short, known.get("ReplicaFailure"))
    has_deadline = number(part(body, "spec"), "progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE
    if has_deadline and not (holds(progressing) and progressing.get("reason") == "NewReplicaSetAvailable"):
        return in_progress("ReplicaSetNotAvailable", "ReplicaSet not available")
    if not holds(known.get("Available")):
        return in_progress("DeploymentNotAvailable", "Deployment not available")
    return CURRENT


def stateful_set(body: Body) -> Judgement:
    spec, status, wanted = part(body, "spec"), part(body, "status"), _wanted(body)
    strategy = part(spec, "updateStrategy")
    if strategy.get("type") == "OnDelete":
        return CURRENT
    replicas, updated = number(status, "replicas"), number(status, "updatedReplicas")
    short = unseen(body) or _short(
        [
            ("LessReplicas", "Replicas", replicas, wanted),
            ("LessReady", "Ready", number(status, "readyReplicas"), wanted),
            ("ExtraPods", "Wanted of those that are there", wanted, replicas),
        ]
    )
    if short:
        return short
    partition = part(strategy, "rollingUpdate").get("partition")
    if isinstance(partition, int):
        return _short([("PartitionRollout", "Updated", updated, wanted - partition)]) or CURRENT
    if text(status, "currentRevision") != text(status, "updateRevision"):
        return in_progress("RevisionMismatch", f"Updated: {updated}/{wanted}")
    return _short([("LessCurrent", "Current", number(status, "currentReplicas"), wanted)]) or CURRENT


def daemon_set(body: Body) -> Judgement:
    status = part(body, "status")
    wanted = number(status, "desiredNumberScheduled")
    short = _short(
        [
            ("LessCurrent", "Current", number(status, "currentNumberScheduled"), wanted),
            ("LessUpdated", "Updated", number(status, "updatedNumberScheduled"), wanted),
            ("LessAvailable", "Available", number(status, "numberAvailable"), wanted),
            ("LessReady", "Ready", number(status, "numberReady"), wanted),
        ]
    )
    return unseen(body) or short or CURRENT


def replica_set(body: Body) -> Judgement:
    status, wanted = part(body, "status"), _wanted(body)
    failure = conditions(body).get("ReplicaFailure")
    if failure is not None and holds(failure):
        return in_progress("ReplicaFailure", text(failure, "message"))
    short = _short(
        [
            ("LessLabelled", "Labelled", number(status, "fullyLabeledReplicas"), wanted),
            ("LessAvailable", "Available", number(status, "availableReplicas"), wanted),
            ("LessReady", "Ready", number(status, "readyReplicas"), wanted),
            ("ExtraPods", "Wanted of those that are there", wanted, number(status, "replicas")),
        ]
    )
    return unseen(body) or short or CURRENT


def job(body: Body) -> Judgement:
    """
    A Job that runs is current, as kstatus has it; one of which nothing ran yet, or whose try has failed, is not.
    """
    known, status = conditions(body), part(body, "status")
    if holds(known.get("Failed")):
        return failed("JobFailed", text(known["Failed"], "message"))
    if holds(known.get("Complete")) or holds(known.get("Suspended")):
        return CURRENT
    if not text(status, "startTime"):
        return in_progress("JobNotStarted", "Job not started")
    if number(status, "succeeded"):
        return CURRENT
    return _short([("LessReady", "Running", _running(status), max(1, number(status, "active")))]) or CURRENT


def replicas(kind: str, body: Body, *, settled: bool) -> Replicas:
    """
    The pods of a workload, by its own word. A Deployment counts those of all its revisions together: of the ready ones
    as many may be older as there are older ones.
    """
    status, wanted = part(body, "status"), _wanted(body)
    ready, notes = number(status, "readyReplicas"), part(body, "metadata", "annotations")
    if kind == "Deployment":
        older = number(status, "replicas") - number(status, "updatedReplicas")
        return Replicas(max(0, ready - older), wanted, text(notes, REVISION), settled)
    if kind == "StatefulSet":
        return Replicas(ready, wanted, text(status, "updateRevision"), settled)
    if kind == "DaemonSet":
        total = number(status, "desiredNumberScheduled")
        return Replicas(number(status, "numberReady"), total, text(notes, TEMPLATE_GENERATION), settled)
    if kind == "Job":
        active = number(status, "active")
        return Replicas(_running(status), active, "", settled and _running(status) >= active)
    return Replicas(ready, wanted, "", settled)


def unseen(body: Body) -> Judgement | None:
    """
    A workload whose controller has not looked at it yet says nothing about itself.
    """
    if "observedGeneration" not in part(body, "status"):
        return in_progress("NoObservedGeneration", "not looked at by its controller yet")
    return None


def _of_deployment(body: Body) -> list[Shortage]:
    status, wanted = part(body, "status"), _wanted(body)
    replicas, updated = number(status, "replicas"), number(status, "updatedReplicas")
    return [
        ("LessReplicas", "Replicas", replicas, wanted),
        ("LessUpdated", "Updated", updated, wanted),
        ("ExtraPods", "Wanted of those that are there", wanted, replicas),
        ("LessAvailable", "Available", number(status, "availableReplicas"), updated),
        ("LessReady", "Ready", number(status, "readyReplicas"), wanted),
    ]


def _short(counts: Iterable[Shortage]) -> Judgement | None:
    """
    The first of these that falls short.
    """
    return next((in_progress(why, f"{what}: {has}/{wants}") for why, what, has, wants in counts if has < wants), None)


def _with_cause(short: Judgement, failure: Body | None) -> Judgement:
    """
    Why pods cannot even be made: a quota, an admission.
    """
    if failure is None or not holds(failure):
        return short
    return in_progress("ReplicaFailure", f"{short.message}: {text(failure, 'message')}")


def _running(status: Body) -> int:
    """
    Of its active pods; where it does not count them, all.
    """
    return number(status, "ready", number(status, "active"))


def _wanted(body: Body) -> int:
    return number(part(body, "spec"), "replicas", 1)
