"""
What an agent needs to be allowed, and what it is: SelfSubjectAccessReviews, which anybody may ask for.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from agent.apiserver import ApiServer

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


@dataclass(frozen=True)
class Resource:
    group: str
    name: str


NAMESPACES = Resource("", "namespaces")

OWN = {
    Resource("", "configmaps"): ("get", "list", "create", "patch", "delete"),
    Resource("coordination.k8s.io", "leases"): ("get", "create", "update"),
}

SEEING = {
    Resource("", "pods"): ("get", "list", "watch"),
    Resource("", "pods/log"): ("get",),
    Resource("", "events"): ("get", "list", "watch"),
    Resource("apps", "replicasets"): ("list", "watch"),
}

APPLYING = ("get", "list", "watch", "create", "patch", "delete")
CLUSTER_SCOPED = (
    NAMESPACES,
    Resource("apiextensions.k8s.io", "customresourcedefinitions"),
    Resource("rbac.authorization.k8s.io", "clusterroles"),
)
IN_A_NAMESPACE = (
    Resource("", "configmaps"),
    Resource("", "secrets"),
    Resource("", "services"),
    Resource("apps", "deployments"),
)


def denied(server: ApiServer, resource: Resource, verbs: Iterable[str], namespace: str) -> list[str]:
    """
    Of these verbs those that we may not; no namespace is all of them. Raises Refused and ClusterUnreachable.
    """
    return [verb for verb in verbs if not _may(server, resource, verb, namespace)]


def _may(server: ApiServer, resource: Resource, verb: str, namespace: str) -> bool:
    name, _, part = resource.name.partition("/")
    asked = {"group": resource.group, "resource": name, "subresource": part, "verb": verb, "namespace": namespace}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }
    answer = server.ask("POST", REVIEWS, json.dumps(review).encode()).insist()
    return (answer.body.get("status") or {}).get("allowed") is True
