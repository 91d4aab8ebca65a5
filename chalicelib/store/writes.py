"""
Writes that wait for each other: of one item, and of several together.
"""

import random
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from operator import attrgetter

from msgspec import Struct
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.errors.protocol import Unavailable
from chalicelib.store import connection
from chalicelib.store.faults import TRANSACTION_UNDER_WAY, is_refused
from chalicelib.store.table import Item, absent, present

MAX_TRIES = 6
PAUSE_SECONDS = 0.02


def patch(item: Item, actions: Sequence[Action], condition: Condition | None = None) -> bool:
    """
    Update one item, and read it back. False where its condition is refused.

    DynamoDB also refuses a single write while a transaction holds the item; that passes, so it is tried again.
    """
    for attempt in range(MAX_TRIES):
        try:
            item.update(list(actions), condition=condition)
        except UpdateError as error:
            if is_refused(error):
                return False
            if error.cause_response_code != TRANSACTION_UNDER_WAY:
                raise
            _pause(attempt)
        else:
            return True
    raise Unavailable("too many writers at once; try again")


class Sent(IntEnum):
    """
    In which order PynamoDB sends the writes of a transaction, whatever the order of the calls. DynamoDB gives its
    reasons for a refusal in that order.
    """

    CHECK = 0
    DELETE = 1
    PUT = 2
    UPDATE = 3


class Write(Struct, frozen=True):
    sent: Sent
    note: Callable[[TransactWrite], None]
    refused: Exception | None


class Together:
    """
    Writes that happen together or not at all. Each says what it means when its condition is refused; of several the
    first is raised: checks come before removals, additions and updates.

    Raises Unavailable when other transactions keep getting in the way.
    """

    def __init__(self) -> None:
        self._writes: list[Write] = []

    def add(self, item: Item, refused: Exception | None = None) -> None:
        """
        Write an item that must not be there yet.
        """
        self._writes.append(Write(Sent.PUT, lambda write: write.save(item, condition=absent), refused))

    def put(self, item: Item, condition: Condition | None = None, refused: Exception | None = None) -> None:
        self._writes.append(Write(Sent.PUT, lambda write: write.save(item, condition=condition), refused))

    def update(
        self,
        item: Item,
        actions: Sequence[Action],
        condition: Condition | None = None,
        refused: Exception | None = None,
    ) -> None:
        self._writes.append(
            Write(Sent.UPDATE, lambda write: write.update(item, actions=list(actions), condition=condition), refused)
        )

    def remove(self, item: Item, refused: Exception | None = None, condition: Condition = present) -> None:
        """
        Delete an item; with a refusal it must have been there, or as the condition says.
        """
        needed = condition if refused else None
        self._writes.append(Write(Sent.DELETE, lambda write: write.delete(item, condition=needed), refused))

    def check(self, item: Item, condition: Condition, refused: Exception) -> None:
        self._writes.append(
            Write(
                Sent.CHECK,
                lambda write: write.condition_check(type(item), item.pk, item.sk, condition=condition),
                refused,
            )
        )

    def commit(self) -> None:
        for attempt in range(MAX_TRIES):
            try:
                with TransactWrite(connection=connection.table().connection) as transaction:
                    for write in self._writes:
                        write.note(transaction)
            except TransactWriteError as error:
                self._raise_refusal(error)
                _pause(attempt)
            else:
                return
        raise Unavailable("too many writers at once; try again")

    def _raise_refusal(self, error: TransactWriteError) -> None:
        reasons = error.cancellation_reasons
        for reason, write in zip(reasons, sorted(self._writes, key=attrgetter("sent")), strict=False):
            if reason and reason.code == "ConditionalCheckFailed":
                raise (write.refused or error) from error
        if not any(reason and reason.code == "TransactionConflict" for reason in reasons):
            raise error


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter is no secret
