"""
What ends a command, and the exit code it ends with.

CliError
├── Refused        the broker understood and said no
├── Unreachable    no answer that can be used
└── RolloutEnded   a rollout that did not come up: failed, timed out, superseded
"""

from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    LIVE = 0
    ERROR = 1
    USAGE = 2
    FAILED = 3
    TIMED_OUT = 4
    SUPERSEDED = 5


class CliError(Exception):
    """
    One message, and what to do next.
    """

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.message = message
        self.hints: Sequence[str] = hints
        self.code = Exit.ERROR


PASSING = frozenset({408, 429, 502, 503, 504})


class Refused(CliError):
    def __init__(self, status: int, code: str, message: str, *hints: str) -> None:
        super().__init__(f"{status} {code}: {message}", *hints)
        self.status = status
        self.error_code = code

    @property
    def may_pass(self) -> bool:
        """
        Whether the same request may be taken a little later.
        """
        return self.status in PASSING


class Unreachable(CliError):
    pass


class RolloutEnded(CliError):
    def __init__(self, code: Exit, message: str, *hints: str) -> None:
        super().__init__(message, *hints)
        self.code = code
