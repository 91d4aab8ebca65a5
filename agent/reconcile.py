"""
One stack, one pass: from what is wanted and what we own to what the cluster holds.
"""

from collections.abc import Callable, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from agent.changes import Action, Change, ChangeSet
from agent.manifests import Manifest, Ref, in_apply_order, in_delete_order
from agent.ownership import Live, Ownership

Record = Callable[[AbstractSet[Ref]], None]


class Refused(Exception):
    """
    The API server's no to a question that is no change.
    """


class ClusterUnreachable(Exception):
    """
    No answer at all: it ends the pass, and says nothing about any object.
    """


class Cluster(Protocol):
    """
    What the agent asks of a cluster. A refused change is a Change with its error.
    """

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Change: ...

    def await_established(self, crd: Ref) -> Change: ...

    def find(self, ref: Ref) -> Live | None: ...

    def delete(self, ref: Ref, uid: str) -> Change: ...


def reconcile(
    desired: Collection[Manifest], owned: AbstractSet[Ref], ownership: Ownership, cluster: Cluster, record: Record
) -> ChangeSet:
    """
    Apply what is wanted, then prune what is not: never after a failed apply.

    Nothing is applied before all that can be checked has been, and recorded as ours, so that a crash leaves no orphan.
    """
    plan = Plan.of(desired, cluster)
    checked = _each(plan.first_checks, cluster, dry_run=True)
    if checked.failed:
        return checked
    record(owned | checked.refs)
    changes = _apply_in_stages(plan.foundations, cluster)
    if changes.failed:
        return changes
    checked.extend(_each(plan.later_checks, cluster, dry_run=True).changes)
    if checked.failed:
        return checked
    record(owned | checked.refs)
    changes.extend(_apply_in_stages(plan.rest, cluster).changes)
    if not changes.failed:
        changes.extend(prune(owned - changes.refs, ownership, cluster).changes)
    if not changes.failed:
        record(checked.refs)
    return changes


def remove(owned: AbstractSet[Ref], ownership: Ownership, cluster: Cluster, record: Record) -> ChangeSet:
    """
    Take away all that a stack has in the cluster.
    """
    changes = prune(owned, ownership, cluster)
    if not changes.failed:
        record(frozenset())
    return changes


def prune(stale: AbstractSet[Ref], ownership: Ownership, cluster: Cluster) -> ChangeSet:
    return ChangeSet([_prune_one(ref, ownership, cluster) for ref in in_delete_order(stale)])


def _prune_one(ref: Ref, ownership: Ownership, cluster: Cluster) -> Change:
    """
    The inventory only nominates: the object itself, read again, decides.
    """
    try:
        live = cluster.find(ref)
    except Refused as error:
        return Change(ref, Action.DELETED, error=str(error))
    if live is None:
        return Change(ref, Action.GONE)
    reason = ownership.spares(ref, live)
    return Change(ref, Action.SPARED, note=reason) if reason else cluster.delete(ref, live.uid)


@dataclass(frozen=True)
class Plan:
    """
    The order of work: what stands on a Namespace or CRD of this very bundle cannot be checked before that is there.
    """

    foundations: list[Manifest]
    rest: list[Manifest]
    later_checks: list[Manifest]

    @property
    def first_checks(self) -> list[Manifest]:
        later = {id(manifest) for manifest in self.later_checks}
        return [manifest for manifest in self.foundations + self.rest if id(manifest) not in later]

    @classmethod
    def of(cls, desired: Iterable[Manifest], cluster: Cluster) -> "Plan":
        ordered = in_apply_order(desired)
        foundations = [manifest for manifest in ordered if _is_foundation(manifest.ref)]
        rest = [manifest for manifest in ordered if not _is_foundation(manifest.ref)]
        kinds = {manifest.defines for manifest in foundations}
        namespaces = {
            manifest.ref.name
            for manifest in foundations
            if manifest.ref.is_namespace and cluster.find(manifest.ref) is None
        }
        later = [m for m in rest if (m.ref.group, m.ref.kind) in kinds or m.ref.namespace in namespaces]
        return cls(foundations, rest, later)


def _is_foundation(ref: Ref) -> bool:
    return ref.is_namespace or ref.is_crd


def _apply_in_stages(manifests: Iterable[Manifest], cluster: Cluster) -> ChangeSet:
    """
    A bad object does not stop the rest of its stage, but the stages after it, which may lean on it.
    """
    changes = ChangeSet()
    for _, stage in groupby(manifests, key=lambda manifest: manifest.ref.stage):
        applied = _each(stage, cluster)
        changes.extend(applied.changes)
        if applied.failed:
            break
        crds = [change.ref for change in applied.changes if change.ref.is_crd]
        changes.extend(waited for waited in map(cluster.await_established, crds) if waited.error)
        if changes.failed:
            break
    return changes


def _each(manifests: Iterable[Manifest], cluster: Cluster, *, dry_run: bool = False) -> ChangeSet:
    return ChangeSet([cluster.apply(manifest, dry_run=dry_run) for manifest in manifests])
