from pynamodb.attributes import UnicodeAttribute

from chalicelib.store.reads import find, listed, partition
from chalicelib.store.table import Item


class NoteItem(Item, discriminator="test_read"):
    said = UnicodeAttribute(null=True)


class OtherItem(Item, discriminator="test_other"):
    pass


def keep(sk="NOTE", said="first", **values):
    NoteItem("TEST", sk, said=said, **values).save()


def said(sk="NOTE"):
    item = find(NoteItem, "TEST", sk)
    return item and item.said


def test_what_is_not_there_is_not_found(table):
    assert find(NoteItem, "TEST", "NOTE") is None


def test_a_partition_is_read_to_its_end_however_many_pages_it_takes(table):
    for number in range(5):
        keep(f"NOTE#{number}", said="x" * 300_000)

    assert [item.sk for item in partition("TEST")] == [f"NOTE#{number}" for number in range(5)]


def test_a_partitions_items_come_as_the_classes_that_they_are(table):
    keep("NOTE#1")
    OtherItem("TEST", "OTHER#1").save()

    assert [type(item) for item in partition("TEST")] == [NoteItem, OtherItem]
    assert [type(item) for item in partition("TEST", "OTHER#")] == [OtherItem]


def test_what_a_later_version_keeps_is_passed_over(table):
    """
    Two versions of the broker run side by side while it is deployed.
    """
    keep("NOTE#1")
    later = {"pk": {"S": "TEST"}, "sk": {"S": "NOTE#2"}, "kind": {"S": "later"}, "said": {"M": {}}}
    table.put_item(TableName="brokkr", Item=later)
    table.update_item(
        TableName="brokkr",
        Key={"pk": {"S": "TEST"}, "sk": {"S": "NOTE#1"}},
        UpdateExpression="SET later = :later",
        ExpressionAttributeValues={":later": {"M": {}}},
    )

    assert [type(item) for item in partition("TEST")] == [NoteItem]
    assert said("NOTE#1") == "first"


def test_a_listing_is_ordered_by_its_sort_key_and_shows_what_the_index_projects(table):
    keep("1", gsi1pk="KIND", gsi1sk="b#1")
    keep("2", gsi1pk="KIND", gsi1sk="a#1")
    keep("3", gsi1pk="OTHER", gsi1sk="a#1")

    assert [(item.sk, item.said) for item in listed("KIND")] == [("2", None), ("1", None)]
    assert [item.sk for item in listed("KIND", "b#")] == ["1"]
