"""
Whether the broker can do its work.
"""

from chalicelib.errors.protocol import Unavailable
from chalicelib.store import connection, credentials
from chalicelib.store.faults import is_outage


def connect() -> None:
    """
    Have the store's client ready before the first request: a Lambda that starts has more of a processor than it has
    afterwards.
    """
    connection.client()


def check_store() -> None:
    """
    Read the table. What is wrong with it flies, and is answered as an outage where it is one.
    """
    credentials.find_installation()


def outage(error: BaseException | None) -> Unavailable | None:
    """
    The answer to an error that is the store's and will pass; None for every other.
    """
    return Unavailable("the store does not answer, or has no table yet; try again") if is_outage(error) else None
