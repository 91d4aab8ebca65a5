import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.deployment_objects import Revision, checksum_of
from chalicelib.store import deployment_objects as store
from chalicelib.store import packed
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
STACK = uuid4()


def a_revision(content="", sequence_id=1, stack_id=STACK):
    return Revision(
        id=uuid4(),
        stack_id=stack_id,
        sequence_id=sequence_id,
        checksum=checksum_of(content),
        is_marker=not content,
        created_at=NOON,
    )


def incompressible(size):
    return random.Random(size).randbytes(size // 2).hex()


@pytest.mark.parametrize(
    ("size", "pieces"),
    [(0, 0), (1, 0), (2_000, 0), (20_000, 1), (1_000_000, 2), (4 * 1024 * 1024, 7)],
)
def test_a_text_of_any_size_comes_back_whole(size, pieces, table):
    content = incompressible(size) if size > 1 else "x" * size
    revision = a_revision(content)

    store.write(revision, content)

    assert store.load(revision.id).content == content
    assert store.load(revision.id).revision == revision
    assert store.load_many([revision]) == {revision.id: content}
    assert sum(row["sk"]["S"].startswith("PIECE#") for row in rows(table)) == pieces


def test_the_head_of_an_object_stays_under_one_read_unit(table):
    """
    What a poll or a look at an object's facts reads must not depend on how large the push was.
    """
    content = incompressible(400_000)

    store.write(a_revision(content), content)

    [head] = [row for row in rows(table) if row["sk"]["S"] == "OBJECT"]
    assert len(str(head)) < 4_096


def test_pieces_come_back_in_their_order_beyond_the_tenth(table, monkeypatch):
    monkeypatch.setattr(packed, "PIECE_BYTES", 1_000)
    content = incompressible(40_000)
    revision = a_revision(content)

    store.write(revision, content)

    assert store.load(revision.id).content == content


def test_an_object_is_invisible_in_its_stack_until_it_is_committed(table):
    revision = a_revision("kind: x")
    store.write(revision, "kind: x")
    assert store.revisions(STACK) == []
    assert store.newest(STACK) is None
    assert not store.is_committed(revision)

    store.commit(revision)

    assert store.revisions(STACK) == [store.newest(STACK)] == [revision]
    assert store.is_committed(revision)


def test_the_newest_is_the_highest_sequence_in_whatever_order_they_were_committed(table):
    late, high, low = a_revision("a", 9), a_revision("b", 10), a_revision("c", 2)

    for revision in (high, low, late):
        store.commit(revision)

    assert store.newest(STACK) == high
    assert store.revisions(STACK) == [high, late, low]


def test_a_long_history_is_listed_to_its_end(table):
    """
    More entries than one answer of DynamoDB's batch reads takes.
    """
    revisions = [a_revision(f"text {n}", n) for n in range(120, 0, -1)]
    for revision in revisions:
        store.write(revision, f"text {revision.sequence_id}")
        store.commit(revision)

    assert store.revisions(STACK) == revisions
    assert store.load_many(revisions) == {one.id: f"text {one.sequence_id}" for one in revisions}


def test_what_is_not_there_is_none(table):
    assert store.load(uuid4()) is None
    assert store.find_revision(uuid4()) is None
    assert store.find_attempt(STACK, "key", NOON) is None


def test_a_key_stands_for_the_first_revision_alone(table):
    first, second = a_revision("a"), a_revision("b", 2)

    assert store.note_attempt(first, "key", NOON)
    assert not store.note_attempt(second, "key", NOON)

    assert store.find_attempt(STACK, "key", NOON).revision == first


def test_an_expired_key_is_free_though_its_item_is_still_there(table):
    """
    DynamoDB's TTL deletes within days, not at the second.
    """
    first, second = a_revision("a"), a_revision("b", 2)
    store.note_attempt(first, "key", NOON)
    tomorrow = NOON + timedelta(hours=24)

    assert store.find_attempt(STACK, "key", tomorrow) is None
    assert store.note_attempt(second, "key", tomorrow)

    assert store.find_attempt(STACK, "key", tomorrow).revision == second
