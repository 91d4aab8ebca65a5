"""
What each stack has in the cluster, kept in the cluster: ConfigMaps in the agent's namespace, compressed.

A piece is named by its content. New pieces are written before old ones are taken away, and the inventory is what all
pieces say together, so a crash in between leaves too much in it, never too little.
"""

import base64
import hashlib
import json
import logging
import zlib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Any, Protocol

from agent.apiserver import Refused
from agent.bounds import INVENTORY_PREFIX
from agent.changes import Change
from agent.desired import Desired
from agent.manifests import encoded
from agent.refs import Ref
from agent.site import Cluster

log = logging.getLogger("agent")

REFS_PER_PIECE = 2_000
AGENT_LABEL = "brokkr.io/inventory-agent"
STACK_LABEL = "brokkr.io/inventory-stack"

Piece = frozenset[Ref]


class Shelf(Cluster, Protocol):
    """
    A cluster that lists ConfigMaps too.
    """

    def config_maps(self, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]: ...


class Inventory:
    """
    Read from the cluster once, then kept in step. Raises Refused where the API server will not have it.
    """

    def __init__(self, shelf: Shelf, *, namespace: str, agent_id: str) -> None:
        self._shelf = shelf
        self._namespace = namespace
        self._agent_id = agent_id
        self._pieces: dict[str, dict[Ref, Piece]] | None = None
        self._lock = Lock()
        self.revision = 0

    def read(self, stack_id: str) -> frozenset[Ref]:
        return frozenset[Ref]().union(*self._known().get(stack_id, {}).values())

    def all(self) -> dict[str, frozenset[Ref]]:
        """
        By stack. It is another one when `revision` is.
        """
        return {stack_id: self.read(stack_id) for stack_id in list(self._known())}

    def write(self, stack_id: str, refs: AbstractSet[Ref]) -> None:
        """
        An inventory that says so already costs no request.
        """
        held = self._known().setdefault(stack_id, {})
        if frozenset[Ref]().union(*held.values()) == refs:
            return
        wanted = {self._piece_ref(stack_id, piece): piece for piece in _pieces(refs)}
        for ref in wanted.keys() - held.keys():
            self._add(ref, stack_id, wanted[ref])
            held[ref] = wanted[ref]
        for ref in held.keys() - wanted.keys():
            self._drop(ref)
            del held[ref]
        self.revision += 1

    def forget(self) -> None:
        """
        Read it again before it is used again.
        """
        with self._lock:
            self._pieces = None
            self.revision += 1

    def _known(self) -> dict[str, dict[Ref, Piece]]:
        with self._lock:
            if self._pieces is None:
                self._pieces = self._loaded()
            return self._pieces

    def _loaded(self) -> dict[str, dict[Ref, Piece]]:
        """
        A piece that does not say what its name promises is not ours, or no longer: nothing is done on its word.
        """
        pieces: dict[str, dict[Ref, Piece]] = {}
        for config_map in self._shelf.config_maps(self._namespace, {AGENT_LABEL: self._agent_id}):
            metadata = config_map["metadata"]
            ref, stack_id = self._ref(metadata["name"]), metadata["labels"].get(STACK_LABEL, "")
            piece = _unpacked((config_map.get("binaryData") or {}).get("refs"))
            if piece is None or self._piece_ref(stack_id, piece) != ref:
                log.error("not an inventory of ours, left alone", extra={"fields": {"object": str(ref)}})
            else:
                pieces.setdefault(stack_id, {})[ref] = piece
        return pieces

    def _add(self, ref: Ref, stack_id: str, refs: Piece) -> None:
        labels = {AGENT_LABEL: self._agent_id, STACK_LABEL: stack_id}
        metadata = {"name": ref.name, "namespace": ref.namespace, "labels": labels}
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": {"refs": _packed(refs)}}
        piece = Desired(ref, b"", encoded(body))
        if self._shelf.apply(piece).error is not None:
            self._make_namespace()
            _insist(self._shelf.apply(piece))

    def _make_namespace(self) -> None:
        ref = Ref("", "Namespace", "", self._namespace, "v1")
        if self._shelf.find(ref) is None:
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._namespace}}
            _insist(self._shelf.apply(Desired(ref, b"", encoded(body))))

    def _drop(self, ref: Ref) -> None:
        live = self._shelf.find(ref)
        if live is not None:
            _insist(self._shelf.delete(ref, live.uid))

    def _piece_ref(self, stack_id: str, refs: Piece) -> Ref:
        content = f"{self._agent_id} {stack_id} {_listed(refs)}"
        return self._ref(f"{INVENTORY_PREFIX}{stack_id}-{hashlib.sha256(content.encode()).hexdigest()[:16]}")

    def _ref(self, name: str) -> Ref:
        return Ref("", "ConfigMap", self._namespace, name, "v1")


def _pieces(refs: AbstractSet[Ref]) -> Iterator[Piece]:
    ordered = sorted(refs, key=_fields)
    for start in range(0, len(ordered), REFS_PER_PIECE):
        yield frozenset(ordered[start : start + REFS_PER_PIECE])


def _fields(ref: Ref) -> tuple[str, ...]:
    return ref.group, ref.kind, ref.namespace, ref.name, ref.version


def _listed(refs: Iterable[Ref]) -> str:
    return json.dumps(sorted(map(_fields, refs)))


def _packed(refs: Iterable[Ref]) -> str:
    return base64.b64encode(zlib.compress(_listed(refs).encode())).decode()


def _unpacked(text: object) -> Piece | None:
    """
    None for what is no list of refs.
    """
    try:
        rows = json.loads(zlib.decompress(base64.b64decode(str(text), validate=True)))
        return frozenset(Ref(*fields) for fields in rows)
    except (ValueError, TypeError, zlib.error):
        return None


def _insist(change: Change) -> None:
    if change.error is not None:
        raise Refused(f"the inventory cannot be written: {change.ref}: {change.error}")
