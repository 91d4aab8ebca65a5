"""
Objects as data, and the bytes they are sent as. Pure.
"""

import json
from dataclasses import dataclass
from typing import Any

from agent.refs import Ref


class ManifestError(Exception):
    """
    A text that holds no objects, or one that is none; each fault stands on its own line.
    """


@dataclass(frozen=True)
class Manifest:
    body: dict[str, Any]

    @property
    def ref(self) -> Ref:
        """
        As it is written: the cluster knows whether its kind has a namespace.
        """
        group, _, version = self.body["apiVersion"].rpartition("/")
        metadata = self.body["metadata"]
        return Ref(group, self.body["kind"], metadata.get("namespace") or "", metadata["name"], version)

    @property
    def scope(self) -> bool:
        """
        Whether the kind that a CustomResourceDefinition brings has namespaces.
        """
        return _map(self.body.get("spec")).get("scope") != "Cluster"

    @property
    def defines(self) -> tuple[str, str] | None:
        """
        The group and kind that a CustomResourceDefinition brings.
        """
        if not self.ref.is_crd:
            return None
        spec = _map(self.body.get("spec"))
        return str(spec.get("group")), str(_map(spec.get("names")).get("kind"))

    def stamped(self, *, labels: dict[str, str], annotations: dict[str, str]) -> "Manifest":
        metadata = dict(self.body["metadata"])
        metadata["labels"] = {**(metadata.get("labels") or {}), **labels}
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **annotations}
        return Manifest({**self.body, "metadata": metadata})


def encoded(body: dict[str, Any]) -> bytes:
    """
    The JSON that is sent for an object. It has no NaN and no half characters: reading it refuses them.
    """
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _map(value: Any) -> dict[str, Any]:
    """
    What is no map is for the API server to refuse.
    """
    return value if isinstance(value, dict) else {}
