"""
The table as it stands, beside the template, and what these credentials may do to it.

Nothing is written: each write has a condition that no item meets, or takes away what is not there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.inspection import Inspected, NotAnswered
from chalicelib.settings import settings
from chalicelib.store import schema

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

PATIENCE = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
NOBODY: Any = {"pk": {"S": "NOBODY"}, "sk": {"S": "NOBODY"}}
NEVER = "attribute_exists(pk)"
ALLOWED_AND_REFUSED = ("ConditionalCheckFailedException", "TransactionCanceledException")
REFUSED = ("AccessDeniedException", "UnrecognizedClientException")
USABLE = ("ACTIVE", "UPDATING")
NOT_THERE = ("UnknownOperationException",)


def inspect() -> Inspected:
    """
    Raises NotAnswered where there is no table, or no way to it.
    """
    table = settings.table_name
    answer = _asked(lambda: _client().describe_table(TableName=table))
    description = answer["Table"]
    if description["TableStatus"] not in USABLE:
        raise NotAnswered(description["TableStatus"], "the table cannot be used now")
    its_time = _date_of(answer["ResponseMetadata"]["HTTPHeaders"])
    return Inspected(table_faults(description), index_faults(description), its_time)


def items_expire() -> bool:
    answer = _asked(lambda: _client().describe_time_to_live(TableName=settings.table_name))
    said = answer["TimeToLiveDescription"]
    wanted = schema.table_properties()["TimeToLiveSpecification"]["AttributeName"]
    return said.get("AttributeName") == wanted and said["TimeToLiveStatus"] in ("ENABLED", "ENABLING")


def can_be_restored() -> bool | None:
    """
    To any second of the last weeks. None where the store has no such thing.
    """
    try:
        answer = _asked(lambda: _client().describe_continuous_backups(TableName=settings.table_name))
    except NotAnswered as error:
        if error.code in NOT_THERE:
            return None
        raise
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return bool(recovery["PointInTimeRecoveryStatus"] == "ENABLED")


def refused_actions(client: "DynamoDBClient | None" = None) -> list[str]:
    """
    Of those that the broker needs, by their names in a policy.
    """
    return [action for action, attempt in _attempts(client or _client()).items() if _is_refused(attempt)]


def _is_refused(attempt: Callable[[], Any]) -> bool:
    try:
        _asked(attempt)
    except NotAnswered as error:
        if error.code in REFUSED:
            return True
        if error.code not in ALLOWED_AND_REFUSED:
            raise
    return False


def _attempts(client: "DynamoDBClient") -> dict[str, Callable[[], Any]]:
    table = settings.table_name
    here: Any = {"TableName": table, "Key": NOBODY}
    value: Any = {":nobody": {"S": "NOBODY"}}
    return {
        "GetItem": lambda: client.get_item(**here),
        "BatchGetItem": lambda: client.batch_get_item(RequestItems={table: {"Keys": [NOBODY]}}),
        "Query": lambda: client.query(
            TableName=table, KeyConditionExpression="pk = :nobody", ExpressionAttributeValues=value
        ),
        "Query on the index": lambda: client.query(
            TableName=table,
            IndexName="gsi1",
            KeyConditionExpression="gsi1pk = :nobody",
            ExpressionAttributeValues=value,
        ),
        "PutItem": lambda: client.put_item(TableName=table, Item=NOBODY, ConditionExpression=NEVER),
        "UpdateItem": lambda: client.update_item(
            **here,
            UpdateExpression="SET nobody = :nobody",
            ExpressionAttributeValues=value,
            ConditionExpression=NEVER,
        ),
        "DeleteItem": lambda: client.delete_item(**here, ConditionExpression=NEVER),
        "ConditionCheckItem": lambda: client.transact_write_items(
            TransactItems=[{"ConditionCheck": {"TableName": table, "Key": NOBODY, "ConditionExpression": NEVER}}]
        ),
        "BatchWriteItem": lambda: client.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": NOBODY}}]}),
    }


def table_faults(table: "TableDescriptionTypeDef") -> list[str]:
    faults = []
    if table["KeySchema"] != schema.table_properties()["KeySchema"]:
        faults.append("its keys are not pk and sk: it is another program's")
    if not table.get("DeletionProtectionEnabled"):
        faults.append("anybody who may can delete it: deletion protection is off")
    return faults


def index_faults(table: "TableDescriptionTypeDef") -> list[str]:
    (wanted,) = schema.table_properties()["GlobalSecondaryIndexes"]
    there = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
    index = there.get(wanted["IndexName"])
    if index is None:
        return [f"there is no {wanted['IndexName']}"]
    missing = set(wanted["Projection"]["NonKeyAttributes"]) - set(index["Projection"].get("NonKeyAttributes", []))
    faults = []
    if index.get("IndexStatus", "ACTIVE") != "ACTIVE":  # not every emulator has one
        faults.append(f"it is {index['IndexStatus']}")
    if index["KeySchema"] != wanted["KeySchema"]:
        faults.append("its keys are not gsi1pk and gsi1sk")
    if missing and index["Projection"]["ProjectionType"] != "ALL":
        faults.append(f"it does not hold {', '.join(sorted(missing))}")
    return faults


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except ClientError as error:
        said = error.response["Error"]
        raise NotAnswered(said.get("Code", ""), said.get("Message", "")) from error
    except BotoCoreError as error:
        raise NotAnswered(type(error).__name__, str(error)) from error


def _date_of(headers: Mapping[str, str]) -> datetime | None:
    date = headers.get("date")
    return parsedate_to_datetime(date) if date else None


def _client() -> "DynamoDBClient":
    return cast(
        "DynamoDBClient",
        botocore.session.get_session().create_client(
            "dynamodb", region_name=settings.region, endpoint_url=settings.dynamodb_endpoint, config=PATIENCE
        ),
    )
