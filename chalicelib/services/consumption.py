"""
What a request costs in the store.
"""

from contextlib import AbstractContextManager

from chalicelib.domain.units import Units
from chalicelib.store import consumption


def metered() -> AbstractContextManager[Units]:
    """
    Adds up while the block runs: what this thread asks of the store in it.
    """
    return consumption.metered()
