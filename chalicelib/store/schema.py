"""
The table's definition, read from the template that CloudFormation reads.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import yaml

from chalicelib.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
AS_THEY_STAND = (
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "BillingMode",
    "DeletionProtectionEnabled",
)


class TemplateLoader(yaml.SafeLoader):
    """
    Takes CloudFormation's short tags for what they hold: `!Ref Table` is `Table`. The table's own part has none.
    """


def _what_it_holds(loader: TemplateLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return loader.construct_scalar(cast("yaml.ScalarNode", node))


TemplateLoader.add_multi_constructor("!", _what_it_holds)


def table_properties() -> dict[str, Any]:
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), TemplateLoader)  # noqa: S506 - it is a SafeLoader
    properties: dict[str, Any] = template["Resources"]["Table"]["Properties"]
    return properties


def create_table_request(table_name: str, *, emulated: bool = False) -> dict[str, Any]:
    """
    What DynamoDB's CreateTable takes. Point-in-time recovery and the choice of key are left to CloudFormation.

    An emulator gets no stream: nothing here reads one yet, and dynoxide's writes slow down with each record that it
    holds, from 2 ms to 48 after 20,000 (docs/adr/0007).
    """
    properties = table_properties()
    request = {"TableName": table_name, **{name: properties[name] for name in AS_THEY_STAND}}
    if not emulated:
        request["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
    return request


def create_table() -> bool:
    """
    Make the table where there is none; True if it was made. A table that is there is left as it is, but for its time to
    live, which a first try may not have come to.
    """
    client = _client()
    made = not _is_there(client) and _made(client)
    client.get_waiter("table_exists").wait(TableName=settings.table_name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    _let_items_expire(client)
    return made


def _is_there(client: "DynamoDBClient") -> bool:
    try:
        client.describe_table(TableName=settings.table_name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _made(client: "DynamoDBClient") -> bool:
    try:
        client.create_table(**create_table_request(settings.table_name, emulated=bool(settings.dynamodb_endpoint)))
    except client.exceptions.ResourceInUseException:
        return False
    return True


def _let_items_expire(client: "DynamoDBClient") -> None:
    now = client.describe_time_to_live(TableName=settings.table_name)["TimeToLiveDescription"]
    if now["TimeToLiveStatus"] == "DISABLED":
        wanted = table_properties()["TimeToLiveSpecification"]
        client.update_time_to_live(TableName=settings.table_name, TimeToLiveSpecification=wanted)


def _client() -> "DynamoDBClient":
    return cast(
        "DynamoDBClient",
        botocore.session.get_session().create_client(
            "dynamodb", region_name=settings.region, endpoint_url=settings.dynamodb_endpoint
        ),
    )
