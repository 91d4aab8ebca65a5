"""
How an object is, by kstatus' rules: what Flux, kpt and `kubectl apply` of its kind go by. Pure.
"""

from collections.abc import Callable

from agent import workloads
from agent.judgement import (
    CURRENT,
    Body,
    Judgement,
    Replicas,
    Result,
    conditions,
    denies,
    failed,
    holds,
    in_progress,
    part,
    text,
)
from agent.pods import Pod

Rule = Callable[[Body], Judgement]

NO_HEALTH_GROUPS = frozenset(
    {
        "admissionregistration.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
NO_HEALTH = frozenset({"ConfigMap", "Secret", "ServiceAccount", "Endpoints", "LimitRange", "ResourceQuota"})
MAKERS = frozenset(
    {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("apps", "ReplicaSet"), ("batch", "Job")}
)


def has_health(group: str, kind: str) -> bool:
    """
    Whether its status says anything: else it is well once it is there, and its metadata is all that is watched.
    """
    return group not in NO_HEALTH_GROUPS and (group, kind) not in {("", name) for name in NO_HEALTH}


def judge(group: str, kind: str, body: Body) -> Judgement:
    """
    Of an object as it stands in the cluster.
    """
    rule = RULES.get((group, kind))
    return _generic(body) or (rule(body) if rule else _by_ready(body))


def replicas_of(group: str, kind: str, body: Body, judgement: Judgement) -> Replicas | None:
    """
    None for what makes no pods, and is none.
    """
    if (group, kind) in MAKERS:
        return workloads.replicas(kind, body, settled=judgement.result is Result.CURRENT)
    if (group, kind) == ("", "Pod"):
        is_done = part(body, "status").get("phase") == "Succeeded"
        return Replicas(int(Pod.of(body).is_ready), int(not is_done))
    return None


def _generic(body: Body) -> Judgement | None:
    """
    What is said the same way of every kind.
    """
    metadata, status, known = part(body, "metadata"), part(body, "status"), conditions(body)
    if metadata.get("deletionTimestamp"):
        return Judgement(Result.TERMINATING, "Terminating", "being deleted")
    generation, observed = metadata.get("generation"), status.get("observedGeneration")
    if generation is not None and observed is not None and generation != observed:
        return in_progress("LatestGenerationNotObserved", f"generation {generation}, looked at by now: {observed}")
    if holds(known.get("Reconciling")):
        return in_progress("Reconciling", text(known["Reconciling"], "message"))
    if holds(known.get("Stalled")):
        return failed("Stalled", text(known["Stalled"], "message"))
    return None


def _by_ready(body: Body) -> Judgement:
    """
    Not in every kind, and where it is, mostly meant so.
    """
    ready = conditions(body).get("Ready")
    if ready is None or holds(ready):
        return CURRENT
    return in_progress(text(ready, "reason") or "NotReady", text(ready, "message"))


def _pod(body: Body) -> Judgement:
    """
    A pod that could not be scheduled is in progress for as long as it takes: a node may be on its way.
    """
    pod, phase = Pod.of(body), part(body, "status").get("phase")
    if pod.faults:
        return Judgement(Result.DEGRADED, pod.faults[0].reason, pod.faults[0].message)
    if phase == "Succeeded" or (phase == "Running" and pod.is_ready):
        return CURRENT
    return in_progress("PodNotReady", pod.note or f"phase: {phase or 'none yet'}")


def _claim(body: Body) -> Judgement:
    phase = text(part(body, "status"), "phase")
    return CURRENT if phase == "Bound" else in_progress("NotBound", f"phase: {phase or 'none yet'}")


def _service(body: Body) -> Judgement:
    spec = part(body, "spec")
    if spec.get("type") == "LoadBalancer" and not text(spec, "clusterIP"):
        return in_progress("NoIPAssigned", "no cluster IP yet")
    return CURRENT


def _definition(body: Body) -> Judgement:
    known = conditions(body)
    names, established = known.get("NamesAccepted", {}), known.get("Established", {})
    if denies(names):
        return failed(text(names, "reason") or "NamesNotAccepted", text(names, "message"))
    if denies(established) and established.get("reason") != "Installing":
        return failed(text(established, "reason") or "NotEstablished", text(established, "message"))
    return CURRENT if holds(established) else in_progress("Installing", "not established yet")


def _always(_: Body) -> Judgement:
    return CURRENT


RULES: dict[tuple[str, str], Rule] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("batch", "CronJob"): _always,
    ("batch", "Job"): workloads.job,
    ("policy", "PodDisruptionBudget"): _always,
}
