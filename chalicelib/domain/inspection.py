"""
What an inspection of the table can come to.
"""

from datetime import datetime

from msgspec import Struct


class NotAnswered(Exception):
    """
    DynamoDB refused to say, or was not reached. `code` is its own word for it, or the client's.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class Inspected(Struct, frozen=True):
    """
    What differs from the template, and what time DynamoDB has.
    """

    table_faults: list[str]
    index_faults: list[str]
    its_time: datetime | None
