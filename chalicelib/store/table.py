"""
The one table: its base item, its index, and writes that happen together.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import cache
from operator import attrgetter
from typing import Any, Self, TypeVar

from botocore.exceptions import BotoCoreError
from msgspec import Struct
from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model
from pynamodb.pagination import ResultIterator
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.settings import settings
from chalicelib.store.attributes import WholeNumberAttribute

CONDITION_FAILED = "ConditionalCheckFailedException"
NOT_NOW = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ResourceNotFoundException",  # the table, before `init` has made it
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
TRANSACTION_UNDER_WAY = "TransactionConflictException"
MAX_TRIES = 6
PAUSE_SECONDS = 0.02

# What listings show. A push changes none of it, so a push writes no index.
PROJECTED = (
    "kind",
    "id",
    "name",
    "description",
    "cluster_name",
    "status",
    "generator_id",
    "is_active",
    "is_system",
    "created_at",
    "updated_at",
    "last_active_at",
)

AValue = TypeVar("AValue", bound=Struct)
AnItem = TypeVar("AnItem", bound="Item")


class Listing(GlobalSecondaryIndex[Any]):
    """
    GSI1: listings by kind, and look-ups by label, annotation and event.
    """

    class Meta:
        index_name = "gsi1"
        projection = IncludeProjection(list(PROJECTED))

    gsi1pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """
    What every item has. An item knows its keys; values travel.
    """

    class Meta:
        table_name = settings.table_name
        region = settings.region
        host = settings.dynamodb_endpoint
        max_pool_connections = 50
        connect_timeout_seconds = 2
        read_timeout_seconds = 5

    kind = DiscriminatorAttribute()
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    expires_at = WholeNumberAttribute(null=True)
    listing = Listing()

    @classmethod
    def from_raw_data(cls, data: dict[str, dict[str, Any]]) -> Self:
        """
        A row as what it is.
        """
        kind = cls._get_discriminator_class(data) or cls
        if not issubclass(kind, cls):
            raise TypeError(f"a {kind.__name__} where a {cls.__name__} was expected")
        item = kind.__new__(kind)
        item.deserialize(data)
        return item

    def deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """
        As PynamoDB's own, which asks every attribute that the class knows, stored or not: over half of the processor
        time of a poll with ten stacks. One that it does not know, a later version's, is passed over.
        """
        readers = self.readers()
        self.attribute_values = {
            name: readers[name][1](value[readers[name][0]])
            for name, value in attribute_values.items()
            if name in readers
        }

    @classmethod
    @cache
    def readers(cls) -> dict[str, tuple[str, Callable[[Any], Any]]]:
        """
        By attribute, the type under which DynamoDB gives its value, and what makes a value of that.
        """
        return {name: (attribute.attr_type, attribute.deserialize) for name, attribute in cls.get_attributes().items()}

    def as_a(self, wanted: type[AValue], prefix: str = "", **more: Any) -> AValue:
        """
        A value whose fields have the attributes' names, after a prefix, but for those given here. What is not
        stored is None.
        """
        values = self.attribute_values
        return wanted(**{name: values.get(prefix + name) for name in wanted.__struct_fields__} | more)


absent: Condition = Item.pk.does_not_exist()
present: Condition = Item.pk.exists()


def is_refused(error: PynamoDBException) -> bool:
    """
    Whether a single write failed on its condition, and on nothing else.
    """
    return error.cause_response_code == CONDITION_FAILED


def is_outage(error: BaseException | None) -> bool:
    """
    Whether DynamoDB did not answer, or said not now: nothing that the caller or this program did wrong.
    """
    if not isinstance(error, PynamoDBException):
        return False
    code = error.cause_response_code
    return code in NOT_NOW or (code is None and isinstance(error.cause, BotoCoreError))


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


def find(item: type[AnItem], pk: str, sk: str) -> AnItem | None:
    """
    Strongly consistent.
    """
    try:
        return item.get(pk, sk, consistent_read=True)
    except item.DoesNotExist:
        return None


def partition(
    pk: str, prefix: str = "", *, between: tuple[str, str] | None = None, consistent: bool = True
) -> Iterable[Item]:
    """
    A partition's items, or those of a prefix or between two keys of it, page after page, as the classes that they are.
    Those of a later version are passed over.

    As `Item.query`, which has DynamoDB pass them over: a filter that names every kind, to build and to send with each
    poll.
    """
    condition = Item.sk.between(*between) if between else Item.sk.startswith(prefix) if prefix else None
    how = {"range_key_condition": condition, "consistent_read": consistent}
    kinds = {Item.kind.get_discriminator(known) for known in Item.kind.get_registered_subclasses(Item)}
    rows: Iterable[dict[str, Any]] = ResultIterator(_of_table().query, (pk,), how)
    return (Item.from_raw_data(row) for row in rows if row["kind"]["S"] in kinds)


def listed(gsi1pk: str, prefix: str = "") -> Iterable[Any]:
    """
    An index partition's items in the order of their sort keys, with no more than what the index projects.
    """
    return Item.listing.query(gsi1pk, Item.gsi1sk.startswith(prefix) if prefix else None)


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
                with TransactWrite(connection=_of_table().connection) as transaction:
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


def _of_table() -> TableConnection:
    return Item._get_connection()  # noqa: SLF001 - PynamoDB has no public way to it
