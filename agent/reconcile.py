"""
One stack, one pass: from what is wanted and what we own to what the cluster holds.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from functools import partial

from agent.brake import NO_BRAKE
from agent.changes import Action, Change, ChangeSet, refs_of
from agent.desired import Desired, Wish, confirmations
from agent.metrics import stage_duration
from agent.plan import Plan, stages
from agent.refs import Ref
from agent.removal import prune
from agent.replacement import apply_or_replace
from agent.site import Site


def reconcile(wish: Wish, todo: Collection[Desired], owned: AbstractSet[Ref], site: Site) -> ChangeSet:
    """
    Apply what is to do of what is wanted, then prune what is not wanted: never after a failed apply.

    Nothing is applied before all that can be checked has been, and recorded as ours, so that a crash leaves no orphan.
    """
    plan = Plan.of(todo, site.cluster)
    checked = _checked(plan.first_checks, site)
    checked.changes.extend(wish.unplaced)
    if checked.failed:
        return checked
    site.record(owned | refs_of(checked.changes))
    changes = apply_in_stages(plan.foundations, site, before=len(plan.rest))
    if changes.failed:
        return changes
    checked = _checked(plan.later_checks, site)
    if checked.failed:
        return changes.extend(checked)
    site.record(owned | {one.ref for one in todo})
    changes.extend(apply_in_stages(plan.rest, site))
    if changes.failed:
        return changes
    wanted = wish.objects
    stale = owned - wanted.keys()
    pruned = prune(stale, owned, site, site.brake.for_push(confirmations(wanted.values())))
    if not pruned.failed:
        site.record(wanted.keys() | refs_of(pruned.leaving))
    return changes.extend(pruned)


def remove(owned: AbstractSet[Ref], site: Site) -> ChangeSet:
    """
    Take away all that a stack has in the cluster. A deletion marker is its own confirmation.
    """
    changes = prune(owned, owned, site, NO_BRAKE)
    if not changes.failed:
        site.record(refs_of(changes.leaving))
    return changes


def apply_in_stages(wanted: Collection[Desired], site: Site, *, before: int = 0) -> ChangeSet:
    """
    A bad object does not stop the rest of its stage, but the stages after it, which may lean on it:
    these, and the objects that it comes before.
    """
    changes, untried = ChangeSet(), len(wanted) + before
    for stage in stages(wanted):
        untried -= len(stage)
        with stage_duration.labels(stage[0].ref.stage_name).time():
            changes.extend(site.crew.each(partial(apply_or_replace, site=site, dry_run=False), stage))
        crds = [change.ref for change in changes.changes if change.ref.is_crd and change.error is None]
        waited = site.crew.each(site.cluster.await_established, crds if stage[0].ref.is_crd else [])
        changes.changes.extend(change for change in waited.changes if change.error)
        if changes.failed:
            break
    if changes.failed and untried:
        changes.remarks.append(f"objects of later stages, not tried before these are mended: {untried}")
    return changes


def _checked(wanted: Collection[Desired], site: Site) -> ChangeSet:
    if not site.checks_first:
        return ChangeSet([Change(one.ref, Action.CHECKED) for one in wanted])
    with stage_duration.labels("dry run").time():
        return site.crew.each(partial(apply_or_replace, site=site, dry_run=True), wanted)
