"""
The only door to the clock and to chance.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

Now = Callable[[], datetime]
NewId = Callable[[], UUID]
NewToken = Callable[[int], bytes]


def now() -> datetime:
    """
    The moment, aware, in UTC, with microseconds.
    """
    return datetime.now(UTC)


def new_id() -> UUID:
    return uuid4()


def new_token(size: int) -> bytes:
    """
    Bytes nobody can guess, from the operating system.
    """
    return secrets.token_bytes(size)
