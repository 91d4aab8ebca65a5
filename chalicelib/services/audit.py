"""
The audit log: what is written to it together with what it records, and how it is read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chalicelib import system
from chalicelib.domain.audit import ActorType, Entry, Found, Named, Wanted
from chalicelib.domain.principals import Origin, Principal, require_admin
from chalicelib.store import agents, audit, audit_pages, generators
from chalicelib.store.writes import Together

NOWHERE = Origin()


def note(
    together: Together,
    caller: Principal,
    action: str,
    resource: tuple[str, UUID | None],
    details: dict[str, Any] | None = None,
    *,
    at: datetime,
    new_id: system.NewId = system.new_id,
) -> None:
    """
    Put on record what the caller does, in the transaction that does it.
    """
    origin = caller.origin or NOWHERE
    by_which_way = {"via": origin.via} if origin.via else {}
    by_whose_leave = {"oidc": caller.grant.said} if caller.grant else {}
    entry = Entry(
        id=new_id(),
        timestamp=at,
        actor_type=caller.role.value,
        actor_id=caller.id,
        action=action,
        resource_type=resource[0],
        resource_id=resource[1],
        details={**(details or {}), **by_which_way, **by_whose_leave} or None,
        ip_address=origin.address,
        user_agent=origin.user_agent,
    )
    audit.add(together, entry)


def entries(caller: Principal, wanted: Wanted, *, now: system.Now = system.now) -> tuple[list[Named], int]:
    """
    A page of the log, and how many rows there are that fit.
    """
    require_admin(caller)
    found = audit_pages.find(wanted, now())
    known = agents.called(_actors(found, "agent")) | generators.called(_actors(found, "generator"))
    return [Named(entry, _name(entry, known)) for entry in found.entries], found.total


def _actors(found: Found, kind: ActorType) -> set[UUID]:
    return {entry.actor_id for entry in found.entries if entry.actor_type == kind and entry.actor_id}


def _name(entry: Entry, known: Mapping[UUID, str]) -> str | None:
    """
    The one that an agent or a generator has now, deleted or not; the others have their kind's.
    """
    return known.get(entry.actor_id) if entry.actor_id else entry.actor_type
