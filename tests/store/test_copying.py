import pytest

from chalicelib.store import copying
from chalicelib.store.credentials import ADMIN_KEY
from chalicelib.store.schema import create_table_request
from tests.support.world import rows


@pytest.fixture
def source(table):
    """
    Another table, of more items than go into a batch, with the admin's among them.
    """
    table.create_table(**create_table_request("source"))
    keys = [ADMIN_KEY, *((f"ITEM#{number}", "ITEM") for number in range(30))]
    for pk, sk in keys:
        table.put_item(TableName="source", Item={"pk": {"S": pk}, "sk": {"S": sk}})
    return "source"


class Busy:
    """
    DynamoDB that leaves a batch undone now and then, or is away from some batch on.
    """

    def __init__(self, client, *, away_from=None):
        self.client, self.away_from, self.batches = client, away_from, 0

    def get_paginator(self, name):
        return self.client.get_paginator(name)

    def batch_write_item(self, **request):
        self.batches += 1
        if self.batches == self.away_from:
            raise ConnectionError
        if self.batches % 2:
            return {"UnprocessedItems": request["RequestItems"]}
        return self.client.batch_write_item(**request)


def test_every_item_is_copied_also_by_a_busy_store(table, source):
    pauses = []

    copied = copying.copy_from(source, Busy(table), sleep=pauses.append)

    assert copied == 31
    assert {row["pk"]["S"] for row in rows(table)} == {"ADMIN", *(f"ITEM#{number}" for number in range(30))}
    assert len(pauses) == 3


def test_a_copy_that_breaks_off_leaves_no_admin_and_is_begun_again(table, source):
    """
    Where the admin is, a broker seems whole.
    """
    with pytest.raises(ConnectionError):
        copying.copy_from(source, Busy(table, away_from=5), sleep=lambda _: None)
    broken_off = rows(table)

    copying.copy_from(source)

    assert ADMIN_KEY not in [(row["pk"]["S"], row["sk"]["S"]) for row in broken_off]
    assert len(broken_off) == 30
    assert len(rows(table)) == 31
