"""
What no stack may ask of this agent, whatever the agent's account might do. Pure.
"""

from dataclasses import dataclass

from agent.apiserver import Refused
from agent.refs import Ref

INVENTORY_PREFIX = "inventory-"
LEASE_PREFIX = "brokkr-agent-"
OURS = {("", "ConfigMap"): INVENTORY_PREFIX, ("coordination.k8s.io", "Lease"): LEASE_PREFIX}


@dataclass(frozen=True)
class Bounds:
    """
    The agent's own namespace, where its inventories and its Lease are; and the only one it works in, if there is one.
    """

    own_namespace: str
    only_namespace: str | None = None

    def allow(self, ref: Ref) -> Ref:
        """
        The ref, if a stack may have it. Raises Refused.
        """
        if self.only_namespace is not None and ref.namespace != self.only_namespace:
            raise Refused(f"beyond this agent, which works in the namespace {self.only_namespace} alone")
        prefix = OURS.get((ref.group, ref.kind))
        if prefix and ref.namespace == self.own_namespace and ref.name.startswith(prefix):
            raise Refused(f"names that begin with {prefix} are the agent's own in the namespace {self.own_namespace}")
        return ref
