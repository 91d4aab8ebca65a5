"""
Taking away what a stack no longer wants.
"""

from collections.abc import Set as AbstractSet
from functools import partial

from agent.apiserver import Refused
from agent.brake import Brake, held_remark
from agent.changes import Action, Change, ChangeSet, refs_of
from agent.ownership import Live
from agent.plan import removal_stages
from agent.refs import Ref
from agent.site import Site


def prune(stale: AbstractSet[Ref], owned: AbstractSet[Ref], site: Site, brake: Brake) -> ChangeSet:
    """
    The inventory only nominates: the objects themselves, read again, decide. What is held by the brake, or could not be
    read, stays, and with it all the rest.
    """
    found: dict[Ref, Live] = {}
    looked = site.crew.each(partial(_look, found=found, site=site), sorted(stale, key=str))
    if looked.failed or not found:
        return looked
    going = [ref for ref in found if not found[ref].is_leaving]
    try:
        full = [ref for ref in going if brake.is_on and site.cluster.has_contents(ref)]
    except Refused as error:
        looked.remarks.append(f"nothing is removed, as it cannot be told what would go with it: {error}")
        return looked
    nominated = stale - refs_of(looked.of(Action.SPARED, Action.LEAVING))
    if brake.holds(going, nominated, len(owned), full):
        looked.changes.extend(Change(ref, Action.HELD) for ref in going)
        looked.remarks.append(held_remark(going, full))
        return looked
    return looked.extend(_delete_in_stages(found, site))


def _look(ref: Ref, *, found: dict[Ref, Live], site: Site) -> Change:
    """
    What another stack wants stays ours, and in our inventory, until that one has put its stamps on it: it may fail, or
    change its mind, before it does. What our own next object wants, which came during this pass, just stays.
    """
    other = site.claimed(ref)
    try:
        live = site.cluster.find(ref)
    except Refused as error:
        return Change(ref, Action.CHECKED, error=str(error))
    if live is None:
        return Change(ref, Action.GONE)
    if reason := site.ownership.spares(ref, live):
        return Change(ref, Action.SPARED, note=f"handed over to stack {other}" if other else reason)
    if other:
        return Change(ref, Action.LEAVING, note=_awaited(other))
    found[ref] = live
    return Change(ref, Action.CHECKED)


def _delete_in_stages(found: dict[Ref, Live], site: Site) -> ChangeSet:
    """
    What something holds blocks nothing else, but the definition of its kind: without that it could never be let go.
    """
    changes = ChangeSet()
    for stage in removal_stages(found.keys()):
        blocked = {change.ref.group for change in changes.changes if change.error or change.action is Action.LEAVING}
        waits = {ref for ref in stage if ref.is_crd and ref.name.partition(".")[2] in blocked}
        changes.changes.extend(Change(ref, Action.LEAVING, note="waits for objects of its kind") for ref in waits)
        changes.extend(
            site.crew.each(lambda ref: _delete(ref, found[ref], site), [ref for ref in stage if ref not in waits])
        )
    return changes


def _delete(ref: Ref, live: Live, site: Site) -> Change:
    if live.is_leaving:
        return Change(ref, Action.LEAVING, note=live.leaving_note)
    if other := site.claimed(ref):
        return Change(ref, Action.LEAVING, note=_awaited(other))
    return site.cluster.delete(ref, live.uid)


def _awaited(other: str) -> str:
    return f"waits for stack {other}, which wants it"
