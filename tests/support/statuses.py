"""
Objects with their status, as an API server shows them.
"""

from copy import deepcopy

DEPLOYMENT_WORDS = {
    "Progressing": ("True", "NewReplicaSetAvailable", 'ReplicaSet "web-5d9c7b" has successfully progressed.'),
    "Available": ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
}


def an_object(kind, spec=None, status=None, *, api_version="v1", name="web", generation=None, **metadata):
    """
    A generation that is given was looked at, unless its status says otherwise.
    """
    counted = {} if generation is None else {"generation": generation}
    observed = {} if generation is None else {"observedGeneration": generation}
    known = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "resourceVersion": "7", **counted, **metadata}
    body = {"apiVersion": api_version, "kind": kind, "metadata": known}
    return deepcopy({**body, "spec": spec or {}, "status": {**observed, **(status or {})}})


def conditions(**by_type):
    """
    Each as status, reason, message.
    """
    return [
        {"type": kind, "status": status, "reason": reason, "message": message}
        for kind, (status, reason, message) in by_type.items()
    ]


def a_deployment(wants=2, words=None, spec=None, *, revision="3", name="web", **counts):
    """
    All there, unless it is told otherwise.
    """
    all_there = {"replicas": wants, "updatedReplicas": wants, "readyReplicas": wants, "availableReplicas": wants}
    status = {**all_there, "conditions": conditions(**{**DEPLOYMENT_WORDS, **(words or {})}), **counts}
    spec = {"replicas": wants, "progressDeadlineSeconds": 600, **(spec or {})}
    notes = {"deployment.kubernetes.io/revision": revision}
    return an_object("Deployment", spec, status, api_version="apps/v1", name=name, generation=4, annotations=notes)


def a_pod(name="web-5d9c7b-x2x4z", phase="Running", *, ready=True, owner="uid-web-5d9c7b", containers=(), **more):
    is_ready = {"Ready": ("True" if ready else "False", "", "")}
    scheduled = {"PodScheduled": more.pop("scheduled", ("True", "", ""))}
    status = {
        "phase": phase,
        "conditions": conditions(**is_ready, **scheduled),
        "containerStatuses": list(containers),
        **more.pop("status", {}),
    }
    owners = [{"kind": "ReplicaSet", "uid": owner, "controller": True}] if owner else []
    return an_object("Pod", {}, status, name=name, ownerReferences=owners, **more)


def waiting(reason, message="", name="main"):
    return {"name": name, "ready": False, "state": {"waiting": {"reason": reason, "message": message}}}


def ended(reason, code=1, name="main", before=None):
    last = {"lastState": {"terminated": {"reason": before, "exitCode": 137}}} if before else {}
    return {"name": name, "state": {"terminated": {"reason": reason, "exitCode": code}}, **last}


def running(name="main", before=None):
    last = {"lastState": {"terminated": {"reason": before, "exitCode": 137}}} if before else {}
    return {"name": name, "ready": True, "state": {"running": {"startedAt": "2026-11-24T12:00:00Z"}}, **last}


def a_replica_set(name="web-5d9c7b", owner="uid-web", revision="3"):
    """
    Its metadata, which is all that is asked for.
    """
    metadata = {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "resourceVersion": "7",
        "annotations": {"deployment.kubernetes.io/revision": revision},
        "ownerReferences": [{"kind": "Deployment", "uid": owner, "controller": True}],
    }
    return {"kind": "PartialObjectMetadata", "metadata": metadata}
