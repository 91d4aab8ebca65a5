"""
What an agent says again: that its last words on many objects still hold, kept together instead of one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.deployment_health import Health

UNIT_BYTES = 1024
OTHER_BYTES = 144  # the item's keys and names
UNWELL_BYTES = 48  # a stack, and that it is not well
BYTES_EACH = 32  # two moments
ID_BYTES = 16


class Confirmation(Struct, frozen=True, kw_only=True):
    """
    That these objects were said to be as they were: when that reached the broker, and when the agent looked.
    """

    reported_at: datetime
    checked_at: datetime
    object_ids: frozenset[UUID]


def renewed(object_id: UUID, health: Health, confirmations: Iterable[Confirmation]) -> Health:
    """
    The last word on an object, as fresh as it was last confirmed. What was confirmed before that word was another one.
    """
    for one in confirmations:
        if object_id in one.object_ids and one.reported_at > health.reported_at:
            checked_at = max(health.checked_at, one.checked_at)
            health = replace(health, reported_at=one.reported_at, checked_at=checked_at)
    return health


def confirming(
    earlier: Iterable[Confirmation], checked_at: Mapping[UUID, datetime], at: datetime, silence: timedelta
) -> list[Confirmation]:
    """
    All that counts once these objects are confirmed too: what an object was confirmed by before does not, nor what is
    older than the silence. A moment that has not come yet counts as now.
    """
    current = [
        replace(one, object_ids=left)
        for one in earlier
        if at - one.reported_at <= silence and (left := one.object_ids - checked_at.keys())
    ]
    together = defaultdict(set)
    for object_id, moment in checked_at.items():
        together[min(moment, at)].add(object_id)
    return current + [
        Confirmation(reported_at=at, checked_at=moment, object_ids=frozenset(ids)) for moment, ids in together.items()
    ]


def write_units(confirmations: Sequence[Confirmation], unwell: int) -> int:
    """
    What keeping them takes beside so many stacks that are not well, rather too much than too little.
    """
    said = sum(BYTES_EACH + ID_BYTES * len(one.object_ids) for one in confirmations)
    return -(-(OTHER_BYTES + UNWELL_BYTES * unwell + said) // UNIT_BYTES)
