import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib.errors.conflicts import Conflict
from chalicelib.errors.protocol import Unavailable
from chalicelib.store.reads import find
from chalicelib.store.table import Item, absent, present
from chalicelib.store.writes import Together, patch


class NoteItem(Item, discriminator="test_written"):
    said = UnicodeAttribute(null=True)


def keep(sk="NOTE", said="first", **values):
    NoteItem("TEST", sk, said=said, **values).save()


def said(sk="NOTE"):
    item = find(NoteItem, "TEST", sk)
    return item and item.said


def test_a_patch_reads_the_item_back(table):
    keep()
    item = NoteItem("TEST", "NOTE")

    assert patch(item, [NoteItem.said.set("second")], present)

    assert item.said == said() == "second"


def test_a_patch_whose_condition_is_refused_changes_nothing(table):
    keep()

    assert not patch(NoteItem("TEST", "NOTE"), [NoteItem.said.set("second")], absent)

    assert said() == "first"


def test_writes_happen_together(table):
    keep("OLD")
    keep("CHANGED")
    together = Together()
    together.check(NoteItem("TEST", "OLD"), present, Conflict("not there"))
    together.add(NoteItem("TEST", "NEW", said="new"))
    together.update(NoteItem("TEST", "CHANGED"), [NoteItem.said.set("second")], present, Conflict("not there"))
    together.put(NoteItem("TEST", "PUT", said="put"))

    together.commit()

    assert (said("NEW"), said("CHANGED"), said("PUT")) == ("new", "second", "put")


def test_or_not_at_all(table):
    keep("TAKEN")
    together = Together()
    together.put(NoteItem("TEST", "PUT"))
    together.add(NoteItem("TEST", "TAKEN"), Conflict("taken"))

    with pytest.raises(Conflict, match="taken"):
        together.commit()

    assert find(NoteItem, "TEST", "PUT") is None


WRITES = {
    "check": lambda together, why: together.check(NoteItem("TEST", "CHECKED"), present, why),
    "remove": lambda together, why: together.remove(NoteItem("TEST", "REMOVED"), why),
    "add": lambda together, why: together.add(NoteItem("TEST", "TAKEN"), why),
    "update": lambda together, why: together.update(
        NoteItem("TEST", "UPDATED"), [NoteItem.said.set("second")], present, why
    ),
}


@pytest.mark.parametrize("refused", WRITES)
@pytest.mark.parametrize("order", [list(WRITES), list(reversed(WRITES))], ids=["in order", "reversed"])
def test_a_refusal_is_raised_for_the_write_that_was_refused_in_whatever_order_they_were_made(refused, order, table):
    """
    PynamoDB sends checks, removals, additions and updates in this order, and DynamoDB's reasons come back in it: read
    in the order of the calls, a lost rotation looked like a failed removal, and was a 500.
    """
    there = {"check": "CHECKED", "remove": "REMOVED", "update": "UPDATED"}
    for kind in there.keys() - {refused}:
        keep(there[kind])
    if refused == "add":
        keep("TAKEN")
    together = Together()
    for kind in order:
        WRITES[kind](together, Conflict(kind))

    with pytest.raises(Conflict) as raised:
        together.commit()

    assert raised.value.message == refused


def test_what_dynamodb_cannot_take_at_all_is_not_mistaken_for_a_refusal(table):
    together = Together()
    together.put(NoteItem("TEST", ""))

    with pytest.raises(Exception, match="Failed to write") as raised:
        together.commit()

    assert not isinstance(raised.value, Conflict | Unavailable)
