"""
Which stack has an object, or what owns it.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Self

from agent.apiserver import METADATA_ONLY, ApiServer, Refused
from agent.discovery import Discovery
from agent.inventory import Inventory
from agent.refs import Ref

HOPS = 5


@dataclass(frozen=True, slots=True)
class Named:
    """
    An object as another one speaks of it: of its owner, or of what an event is about.
    """

    ref: Ref
    uid: str

    @classmethod
    def of(cls, row: Mapping[str, Any], namespace: str) -> Self:
        group, _, version = str(row.get("apiVersion") or "v1").rpartition("/")
        ref = Ref(group, str(row.get("kind") or ""), namespace, str(row.get("name") or ""), version)
        return cls(ref, str(row.get("uid") or ""))


class Holdings:
    """
    The inventories, the other way round; anew when they have changed.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._revision = -1
        self._stacks: dict[Ref, str] = {}
        self._namespaces: frozenset[str] = frozenset()

    def stack_of(self, ref: Ref) -> str | None:
        self._renew()
        return self._stacks.get(ref)

    def namespaces(self) -> frozenset[str]:
        """
        Those in which any stack has something.
        """
        self._renew()
        return self._namespaces

    def namespaces_of(self, stack_id: str) -> list[str]:
        return sorted({ref.namespace for ref in self._inventory.read(stack_id) if ref.namespace})

    def _renew(self) -> None:
        revision = self._inventory.revision
        if revision != self._revision:
            held = self._inventory.all()
            self._stacks = {ref: stack_id for stack_id, refs in held.items() for ref in refs}
            self._namespaces = frozenset(ref.namespace for ref in self._stacks if ref.namespace)
            self._revision = revision


class Owners:
    """
    From a Pod to its ReplicaSet to the Deployment that a stack has. Who owns an object never changes, so it is asked
    once for each uid; what is gone keeps its owner as long as there is room.
    """

    def __init__(self, server: ApiServer, discovery: Discovery, holdings: Holdings, *, uids_kept: int = 10_000) -> None:
        self._server = server
        self._discovery = discovery
        self.holdings = holdings
        self._uids_kept = uids_kept
        self._known: OrderedDict[str, Named | None] = OrderedDict()
        self._lock = Lock()

    def stack_of(self, named: Named, metadata: Mapping[str, Any] | None = None) -> str | None:
        """
        With its metadata, where they are at hand. Raises Refused and ClusterUnreachable.
        """
        if metadata is not None:
            self._note(named.uid, _owner(metadata))
        one: Named | None = named
        for _ in range(HOPS):
            if one is None:
                return None
            stack_id = self.holdings.stack_of(one.ref) or self.holdings.stack_of(_cluster_wide(one.ref))
            if stack_id is not None:
                return stack_id
            one = self._above(one)
        return None

    def learn(self, named: Named, metadata: Mapping[str, Any]) -> None:
        """
        What is seen anyway need not be asked for.
        """
        if named.ref.namespace in self.holdings.namespaces():
            self._note(named.uid, _owner(metadata))

    def _above(self, named: Named) -> Named | None:
        if not named.uid or named.ref.namespace not in self.holdings.namespaces():
            return None
        with self._lock:
            if named.uid in self._known:
                self._known.move_to_end(named.uid)
                return self._known[named.uid]
        owner = self._asked(named)
        self._note(named.uid, owner)
        return owner

    def _asked(self, named: Named) -> Named | None:
        """
        None as well for what is gone, or not for us to see.
        """
        try:
            path = self._discovery.kind(named.ref).path(named.ref)
        except Refused:
            return None
        answer = self._server.ask("GET", path, accept=METADATA_ONLY)
        metadata = answer.body.get("metadata") if answer.ok else None
        return _owner(metadata) if metadata and metadata.get("uid") == named.uid else None

    def _note(self, uid: str, owner: Named | None) -> None:
        with self._lock:
            self._known[uid] = owner
            self._known.move_to_end(uid)
            while len(self._known) > self._uids_kept:
                self._known.popitem(last=False)


def _owner(metadata: Mapping[str, Any]) -> Named | None:
    """
    Who controls it, else the first that it names.
    """
    owners = metadata.get("ownerReferences") or []
    controllers = [owner for owner in owners if owner.get("controller")]
    for owner in [*controllers, *owners][:1]:
        return Named.of(owner, str(metadata.get("namespace") or ""))
    return None


def _cluster_wide(ref: Ref) -> Ref:
    return Ref(ref.group, ref.kind, "", ref.name, ref.version)
