"""
The members of the fleet: all that its partition has of an agent, in one.
"""

from collections.abc import Iterable
from uuid import UUID

from chalicelib.domain.fleet import Member
from chalicelib.store import profiles
from chalicelib.store.fleet import AgentHealthItem
from chalicelib.store.heartbeats import FLEET, HeartbeatItem
from chalicelib.store.profiles import ProfileItem
from chalicelib.store.reads import partition
from chalicelib.store.table import Item


def all_live() -> list[Member]:
    """
    Every live agent, in the order of their creation; eventually consistent. Each has a heartbeat's item from its
    creation on, also one whose profile is still to be made.
    """
    found = _members(partition(FLEET, consistent=False))
    return sorted(found, key=lambda member: (member.profile.created_at, member.profile.agent_id))


def find(agent_id: UUID) -> Member | None:
    """
    One live agent; strongly consistent.
    """
    items = (kind.at(agent_id) for kind in (HeartbeatItem, AgentHealthItem, ProfileItem))
    keys = [(item.pk, item.sk) for item in items]
    return next(iter(_members(Item.batch_get(keys, consistent_read=True))), None)


def _members(items: Iterable[Item]) -> list[Member]:
    beats, unwell, known = {}, {}, {}
    for item in items:
        if isinstance(item, HeartbeatItem):
            beats[item.agent_id] = item.read()
        elif isinstance(item, AgentHealthItem):
            unwell[item.agent_id] = item.unwell
        elif isinstance(item, ProfileItem):
            known[item.agent_id] = item.read()
    profiled = ((id, known.get(id) or profiles.find(id)) for id in beats | known)
    return [
        Member(profile=profile, heartbeat=beats.get(id), unwell=unwell.get(id, {}))
        for id, profile in profiled
        if profile
    ]
