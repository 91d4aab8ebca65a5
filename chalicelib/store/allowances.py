"""
How often something may still be done in a minute, by all processes together.
"""

from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from chalicelib.store.attributes import WholeNumberAttribute
from chalicelib.store.faults import is_outage, is_refused
from chalicelib.store.table import Item

LIFE = timedelta(hours=1)


class AllowanceItem(Item, discriminator="allowance"):
    """
    pk ALLOWANCE#<what>#<whose>, sk <minute>.
    """

    taken = WholeNumberAttribute()


def take(what: str, whose: str, minute: datetime, *, most: int) -> bool:
    """
    One more, unless that would be too many: one write either way. False too where the store does not answer.
    """
    item = AllowanceItem(f"ALLOWANCE#{what}#{whose}", minute.isoformat())
    actions: list[Action] = [
        AllowanceItem.taken.add(1),
        AllowanceItem.kind.set(AllowanceItem),
        AllowanceItem.expires_at.set(int((minute + LIFE).timestamp())),
    ]
    try:
        item.update(actions, condition=AllowanceItem.taken.does_not_exist() | (AllowanceItem.taken < most))
    except UpdateError as error:
        if not (is_refused(error) or is_outage(error)):
            raise
        return False
    return True
