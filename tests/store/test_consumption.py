from threading import Barrier, Thread

import pytest

from chalicelib.store.consumption import _note, metered
from chalicelib.store.reads import find
from chalicelib.store.table import Item


class CountedItem(Item, discriminator="test_counted"):
    pass


class Operation:
    def __init__(self, name):
        self.name = name


def noted(operation, consumed):
    """
    The units of a call that is answered so.
    """
    with metered() as units:
        _note({"ConsumedCapacity": consumed}, Operation(operation))
    return units.reads, units.writes


@pytest.mark.parametrize(
    ("operation", "consumed", "expected"),
    [
        ("GetItem", {"CapacityUnits": 0.5}, (0.5, 0)),
        ("Query", {"CapacityUnits": 12.0}, (12, 0)),
        ("BatchGetItem", [{"CapacityUnits": 3.0}, {"CapacityUnits": 0.5}], (3.5, 0)),
        ("PutItem", {"CapacityUnits": 2.0}, (0, 2)),
        ("UpdateItem", {"CapacityUnits": 1.0}, (0, 1)),
        ("DeleteItem", {"CapacityUnits": 1.0}, (0, 1)),
        ("BatchWriteItem", [{"CapacityUnits": 25.0}], (0, 25)),
        ("TransactWriteItems", [{"CapacityUnits": 16.0}], (0, 16)),
        ("TransactWriteItems", [{"CapacityUnits": 16.0, "WriteCapacityUnits": 16.0}], (0, 16)),
        (
            "TransactWriteItems",
            [{"CapacityUnits": 18.0, "ReadCapacityUnits": 2.0, "WriteCapacityUnits": 16.0}],
            (2, 16),
        ),
        ("TransactWriteItems", [], (0, 0)),
    ],
)
def test_units_are_read_or_written(operation, consumed, expected):
    """
    In every form in which DynamoDB and its doubles say it.
    """
    assert noted(operation, consumed) == expected


def test_an_answer_without_units_takes_none():
    with metered() as units:
        _note({"Error": {"Code": "ConditionalCheckFailedException"}}, Operation("PutItem"))

    assert (units.reads, units.writes) == (0, 0)


def test_all_calls_of_a_block_add_up_and_no_other(table):
    find(Item, "TEST", "NOTE")
    with metered() as units:
        find(Item, "TEST", "NOTE")
        CountedItem("TEST", "NOTE").save()
        find(Item, "TEST", "NOTE")
    find(Item, "TEST", "NOTE")

    assert (units.reads, units.writes) == (1, 1)  # moto says half a unit for each get


def test_what_another_thread_reads_meanwhile_is_not_in_it(table):
    found, both = {}, Barrier(2)

    def read(times):
        with metered() as units:
            both.wait()
            for _ in range(times):
                find(Item, "TEST", "NOTE")
            both.wait()
        found[times] = units.reads

    readers = [Thread(target=read, args=(times,)) for times in (0, 8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert found == {0: 0, 8: 4}
