"""
How the table is, for whoever looks after it.
"""

from chalicelib.domain.inspection import Inspected
from chalicelib.settings import settings
from chalicelib.store import credentials, inspection


def inspect() -> Inspected:
    """
    Raises NotAnswered where there is no table, or no way to it; so do all others here.
    """
    return inspection.inspect()


def items_expire() -> bool:
    return inspection.items_expire()


def can_be_restored() -> bool | None:
    """
    None where the store has no such thing.
    """
    return inspection.can_be_restored()


def refused_actions() -> list[str]:
    """
    What the broker needs and these credentials may not do, by its name in a policy.
    """
    return inspection.refused_actions()


def is_initialised() -> bool:
    return credentials.find_installation() is not None


def is_emulated() -> bool:
    return settings.dynamodb_endpoint is not None


def table_name() -> str:
    return settings.table_name
