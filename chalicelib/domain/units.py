"""
What DynamoDB bills.
"""

from msgspec import Struct


class Units(Struct):
    """
    Of capacity: they add up while a request is answered.
    """

    reads: float = 0
    writes: float = 0
