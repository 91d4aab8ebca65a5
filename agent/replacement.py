"""
Applying, and what is done about a field that cannot be changed.
"""

import time
from dataclasses import replace as with_

from agent.apiserver import Refused
from agent.changes import Action, Change
from agent.desired import Desired
from agent.ownership import REPLACE
from agent.site import Site

GONE_WITHIN = 30.0
GONE_EVERY = 0.2
HINT = f'; delete the object, or annotate it with {REPLACE}: "enabled" to have it deleted and created anew'


def apply_or_replace(wanted: Desired, *, site: Site, dry_run: bool) -> Change:
    """
    A dry run never deletes: it only says that the object will be replaced.
    """
    change = site.cluster.apply(wanted, dry_run=dry_run)
    if not change.is_immutable:
        return change
    if not wanted.may_replace:
        return with_(change, error=f"{change.error}{HINT}")
    return _replaceable(wanted, change, site) if dry_run else _replaced(wanted, change, site)


def _replaceable(wanted: Desired, change: Change, site: Site) -> Change:
    try:
        live = site.cluster.find(wanted.ref)
    except Refused as error:
        return with_(change, error=str(error))
    if live is not None and not site.ownership.has(live):
        return with_(change, error=f"{change.error}; not replaced: it is not this stack's")
    return Change(wanted.ref, Action.CHECKED, note="will be replaced")


def _replaced(wanted: Desired, refused: Change, site: Site) -> Change:
    checked = _replaceable(wanted, refused, site)
    if checked.error:
        return checked
    live = site.cluster.find(wanted.ref)
    if live is not None:
        deleted = site.cluster.delete(wanted.ref, live.uid)
        if deleted.error:
            return deleted
    deadline = time.monotonic() + GONE_WITHIN
    while live is not None and time.monotonic() < deadline:
        live = site.cluster.find(wanted.ref)
        if live is not None:
            time.sleep(GONE_EVERY)
    if live is not None:
        return Change(wanted.ref, Action.DELETED, error=live.leaving_note)
    applied = site.cluster.apply(wanted)
    return applied if applied.error else with_(applied, action=Action.REPLACED)
