from moto import mock_aws

from chalicelib.store import schema
from chalicelib.store.table import PROJECTED


def test_the_template_projects_what_listings_show():
    (index,) = schema.table_properties()["GlobalSecondaryIndexes"]

    assert tuple(index["Projection"]["NonKeyAttributes"]) == PROJECTED


def test_only_an_emulators_table_has_no_stream():
    """
    dynoxide's writes slow down with each stream record that it holds.
    """
    in_aws = schema.create_table_request("one")

    assert in_aws["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    del in_aws["StreamSpecification"]
    assert schema.create_table_request("one", emulated=True) == in_aws


@mock_aws
def test_the_table_is_made_once():
    assert schema.create_table() is True
    assert schema.create_table() is False


def test_items_expire_even_where_the_first_try_did_not_come_to_it(table):
    schema.create_table()

    assert table.describe_time_to_live(TableName="brokkr")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires_at",
    }
