import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.domain.inspection import NotAnswered
from chalicelib.services.installation import create_table
from chalicelib.store import inspection
from chalicelib.store.schema import create_table_request
from tests.support.world import rows


class Forbidding:
    """
    DynamoDB for credentials that may not do this.
    """

    def __init__(self, client, *forbidden):
        self.client, self.forbidden = client, forbidden

    def __getattr__(self, name):
        return self.refuse if name in self.forbidden else getattr(self.client, name)

    def refuse(self, **_):
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "any")


def test_a_table_of_the_template_has_no_fault(table):
    found = inspection.inspect()

    assert (found.table_faults, found.index_faults) == ([], [])


@mock_aws
def test_a_table_that_is_not_there_is_not_answered():
    with pytest.raises(NotAnswered) as error:
        inspection.inspect()

    assert error.value.code == "ResourceNotFoundException"


def test_a_table_that_anybody_can_delete_is_told(table):
    table.update_table(TableName="brokkr", DeletionProtectionEnabled=False)

    (fault,) = inspection.inspect().table_faults

    assert "deletion protection is off" in fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"GlobalSecondaryIndexes": None}, "there is no gsi1"),
        ({"NonKeyAttributes": ["kind", "id"]}, "it does not hold cluster_name, created_at"),
        ({"KeySchema": [{"AttributeName": "gsi1pk", "KeyType": "HASH"}]}, "its keys are not gsi1pk and gsi1sk"),
    ],
)
@mock_aws
def test_an_index_that_differs_from_the_template_is_told(change, fault):
    create_another_table(change)

    (said,) = inspection.inspect().index_faults

    assert said.startswith(fault)


def test_an_emulator_that_does_not_say_how_its_index_is_is_no_fault(table):
    described = table.describe_table(TableName="brokkr")["Table"]
    del described["GlobalSecondaryIndexes"][0]["IndexStatus"]

    assert inspection.index_faults(described) == []


def create_another_table(change):
    request = create_table_request("brokkr")
    (index,) = request["GlobalSecondaryIndexes"]
    if "GlobalSecondaryIndexes" in change:
        del request["GlobalSecondaryIndexes"]
        request["AttributeDefinitions"] = request["AttributeDefinitions"][:2]
    elif "NonKeyAttributes" in change:
        index["Projection"] |= change
    else:
        index |= change
        request["AttributeDefinitions"] = request["AttributeDefinitions"][:3]
    boto3.client("dynamodb").create_table(**request)


def test_items_expire_once_init_has_seen_to_it(table):
    before = inspection.items_expire()

    create_table()

    assert (before, inspection.items_expire()) == (False, True)


def test_a_table_can_be_restored_once_that_is_on(table):
    before = inspection.can_be_restored()

    table.update_continuous_backups(
        TableName="brokkr", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )

    assert (before, inspection.can_be_restored()) == (False, True)


def test_asking_what_is_allowed_leaves_nothing_in_the_table(table, installation):
    before = rows(table)

    refused = inspection.refused_actions()

    assert refused == []
    assert rows(table) == before


def test_what_is_not_allowed_is_named_as_in_a_policy(table):
    client = Forbidding(table, "put_item", "transact_write_items", "query")

    refused = inspection.refused_actions(client)

    assert refused == ["Query", "Query on the index", "PutItem", "ConditionCheckItem"]


@mock_aws
def test_what_is_neither_allowed_nor_refused_is_not_answered():
    with pytest.raises(NotAnswered, match="ResourceNotFoundException"):
        inspection.refused_actions()
