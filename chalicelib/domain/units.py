"""
What DynamoDB bills.
"""

from dataclasses import dataclass


@dataclass
class Units:
    """
    Of capacity: they add up while a request is answered.
    """

    reads: float = 0
    writes: float = 0
