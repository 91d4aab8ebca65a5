"""
Whose an object is: the stamps we write, and what we never delete. Pure.
"""

from dataclasses import dataclass, field
from typing import Any

from agent.manifests import Manifest
from agent.refs import Ref

STACK_LABEL = "brokkr.io/stack"
STACK = "k8s.brokkr.io/stack"
CHECKSUM = "k8s.brokkr.io/deployment-checksum"
LAST_APPLIED = "k8s.brokkr.io/last-config-applied"
OBJECT = "brokkr.io/deployment-object-id"
OWNER = "brokkr.io/owner-id"

PRUNE = "brokkr.io/prune"
DRIFT = "brokkr.io/drift"
REPLACE = "brokkr.io/replace"
CONFIRM = "brokkr.io/confirm-deletions"

SYSTEM_NAMESPACES = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})


@dataclass(frozen=True)
class Live:
    """
    What must be known of an object in the cluster before it may be deleted.
    """

    uid: str
    annotations: dict[str, str] = field(default_factory=dict)
    owner_references: list[Any] = field(default_factory=list)
    finalizers: list[str] = field(default_factory=list)
    is_leaving: bool = False

    @property
    def leaving_note(self) -> str:
        return f"still being deleted, held by {', '.join(self.finalizers) or 'what it contains'}"


@dataclass(frozen=True)
class Ownership:
    agent_id: str
    stack_id: str
    agent_namespace: str | None

    def stamp(self, manifest: Manifest, object_id: str, checksum: str) -> Manifest:
        return manifest.stamped(
            labels={STACK_LABEL: self.stack_id},
            annotations={
                STACK: self.stack_id,
                CHECKSUM: checksum,
                LAST_APPLIED: checksum,
                OBJECT: object_id,
                OWNER: self.agent_id,
            },
        )

    def has(self, live: Live) -> bool:
        return live.annotations.get(STACK) == self.stack_id and live.annotations.get(OWNER) == self.agent_id

    def spares(self, ref: Ref, live: Live) -> str | None:
        """
        Why an object that a stack no longer wants stays all the same.
        """
        reasons = {
            "a system namespace": ref.is_namespace and ref.name in SYSTEM_NAMESPACES | {self.agent_namespace},
            "in the agent's own namespace": ref.namespace == self.agent_namespace,
            "not this stack's": live.annotations.get(STACK) != self.stack_id,
            "not this agent's": live.annotations.get(OWNER) != self.agent_id,
            "owned by another object": bool(live.owner_references),
            f"{PRUNE}: disabled": live.annotations.get(PRUNE) == "disabled",
        }
        return next((reason for reason, holds in reasons.items() if holds), None)
