"""
A long past for a stack, without the pushes.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

import botocore.session

from benchmarks.client import Client, manifest
from benchmarks.in_process import TABLE
from benchmarks.wire import Call, wire

BATCH = 25

Row = dict[str, Any]


def fill(generator: Client, stack_id: str, size: int) -> str:
    """
    Give a new stack so many deployment objects: a first and a last one by a push, in between copies of what the first
    one wrote. Returns the id of the newest.
    """
    with wire.recorded() as calls:
        generator.push(stack_id, manifest())
    store = _store()
    rows = _copies(calls, range(2, size))
    while batch := list(islice(rows, BATCH)):
        store.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": row}} for row in batch]})
    store.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"STACK#{stack_id}"}, "sk": {"S": "STACK"}},
        UpdateExpression="SET last_sequence_id = :last",
        ExpressionAttributeValues={":last": {"N": str(size - 1)}},
    )
    newest: str = generator.push(stack_id, manifest())["id"]
    return newest


def _copies(calls: list[Call], sequences: range) -> Iterator[Row]:
    rows = [call.parameters["Item"] for call in calls if call.operation == "PutItem"]
    for sequence in sequences:
        new_id = str(uuid4())
        for row in rows:
            yield _copy(row, new_id, sequence)


def _copy(row: Row, new_id: str, sequence: int) -> Row:
    is_entry = row["pk"]["S"].startswith("STACK#")
    keys = {"sk": {"S": f"OBJECT#{sequence:020}"}} if is_entry else {"pk": {"S": f"OBJECT#{new_id}"}}
    return {**row, **keys, "id": {"S": new_id}, "sequence_id": {"N": str(sequence)}}


def _store() -> Any:
    return botocore.session.get_session().create_client("dynamodb", region_name="us-east-1")
