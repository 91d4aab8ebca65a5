"""
One table's items into another: how a restored table comes back into service.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from chalicelib.settings import settings
from chalicelib.store.credentials import ADMIN_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 25  # DynamoDB's own limit
PAUSE_SECONDS = 0.5

Row = dict[str, Any]


def copy_from(
    source: str, client: "DynamoDBClient | None" = None, *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """
    How many were copied. The admin comes last: a copy that broke off leaves no broker that seems whole, and is begun
    again.
    """
    client = client or _client()
    admins: list[Row] = []
    copied = _write(client, _without_admin(_rows(client, source), admins), sleep)
    return copied + _write(client, iter(admins), sleep)


def _rows(client: "DynamoDBClient", table: str) -> Iterator[Row]:
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return (row for page in pages for row in page["Items"])


def _without_admin(rows: Iterable[Row], admins: list[Row]) -> Iterator[Row]:
    for row in rows:
        if (row["pk"]["S"], row["sk"]["S"]) == ADMIN_KEY:
            admins.append(row)
        else:
            yield row


def _write(client: "DynamoDBClient", rows: Iterator[Row], sleep: Callable[[float], None]) -> int:
    written = 0
    while batch := list(islice(rows, BATCH)):
        left: Any = {settings.table_name: [{"PutRequest": {"Item": row}} for row in batch]}
        while left := client.batch_write_item(RequestItems=left)["UnprocessedItems"]:
            sleep(PAUSE_SECONDS)
        written += len(batch)
    return written


def _client() -> "DynamoDBClient":
    return cast(
        "DynamoDBClient",
        botocore.session.get_session().create_client(
            "dynamodb", region_name=settings.region, endpoint_url=settings.dynamodb_endpoint
        ),
    )
