"""
The audit log's keys, its pages and its counts. Everything is asked at noon; milestones stand five rows apart.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.audit import Entry, Wanted
from chalicelib.store import audit, audit_pages
from chalicelib.store.audit_counts import MilestoneItem
from chalicelib.store.writes import Together
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SOMEBODY, SOMETHING = uuid4(), uuid4()


def entry(at=NOON, action="stack.created", **fields):
    known = {
        "actor_type": "admin",
        "actor_id": None,
        "resource_type": "stack",
        "resource_id": uuid4(),
        "details": None,
        "ip_address": None,
        "user_agent": None,
    }
    return Entry(id=uuid4(), timestamp=at, action=action, **known | fields)


def write(*entries):
    for one in entries:
        together = Together()
        audit.add(together, one)
        together.commit()
    return list(entries)


def find(at=NOON, **wanted):
    return audit_pages.find(Wanted(**wanted), at, apart=5)


@pytest.fixture
def log(table):
    """
    One of each minute, until ten days ago; every second by a generator, every third of a PAK, every fifth about one
    thing.
    """
    begun = NOON - 10 * DAYS
    return write(
        *(
            entry(
                begun + number * MINUTE,
                action="pak.rotated" if number % 3 == 0 else "stack.created",
                resource_type="agent" if number % 3 == 0 else "stack",
                actor_type="generator" if number % 2 else "admin",
                actor_id=SOMEBODY if number % 2 else None,
                **({"resource_id": SOMETHING} if number % 5 == 0 else {}),
            )
            for number in range(23)
        )
    )


FITTING = [
    ({}, lambda _: True),
    ({"actor_type": "admin"}, lambda one: one.actor_type == "admin"),
    ({"actor_type": "generator"}, lambda one: one.actor_type == "generator"),
    ({"actor_id": SOMEBODY}, lambda one: one.actor_id == SOMEBODY),
    ({"action": "stack.created"}, lambda one: one.action == "stack.created"),
    ({"action": "stack.*"}, lambda one: one.action == "stack.created"),
    ({"action": "pak*"}, lambda one: one.action == "pak.rotated"),
    ({"action": "*"}, lambda _: True),
    ({"action": "nothing.like_it"}, lambda _: False),
    ({"action": "zz*"}, lambda _: False),
    ({"resource_type": "agent"}, lambda one: one.resource_type == "agent"),
    ({"resource_id": SOMETHING}, lambda one: one.resource_id == SOMETHING),
    (
        {"resource_id": SOMETHING, "actor_type": "admin"},
        lambda one: (one.resource_id, one.actor_type) == (SOMETHING, "admin"),
    ),
    ({"since": NOON - 10 * DAYS + 4 * MINUTE}, lambda one: one.timestamp >= NOON - 10 * DAYS + 4 * MINUTE),
    ({"until": NOON - 10 * DAYS + 4 * MINUTE}, lambda one: one.timestamp < NOON - 10 * DAYS + 4 * MINUTE),
]


@pytest.mark.parametrize(("wanted", "fits"), FITTING, ids=[" ".join(wanted) or "all" for wanted, _ in FITTING])
def test_every_page_of_what_fits_is_true_at_the_first_reading_and_with_milestones(wanted, fits, log):
    fitting = [one for one in reversed(log) if fits(one)]

    for _ in range(2):
        for offset in (0, 1, 6, 12, 40):
            found = find(**wanted, offset=offset, limit=4)
            assert (found.entries, found.total) == (fitting[offset : offset + 4], len(fitting))


def test_a_row_stands_under_its_time_and_its_noun_and_its_copy_under_who_and_what(table):
    written = entry(actor_type="agent", actor_id=SOMEBODY, action="agent.updated", resource_id=SOMETHING)

    write(written)

    place = f"2026-11-24T12:00:00.000000+00:00#{written.id}"
    keys = [{name: row[name]["S"] for name in ("pk", "sk", "gsi1pk", "gsi1sk")} for row in rows(table)]
    assert keys == [
        {"pk": "AUDIT", "sk": place, "gsi1pk": "AUDIT#agent", "gsi1sk": place},
        {"pk": f"AUDITACTOR#{SOMEBODY}", "sk": place, "gsi1pk": f"AUDITRESOURCE#{SOMETHING}", "gsi1sk": place},
    ]
    assert {row["expires_at"]["N"] for row in rows(table)} == {str(int((NOON + 90 * DAYS).timestamp()))}


def test_what_the_system_did_has_no_copy(table):
    audit.try_to_add(entry(action="auth.failed", actor_type="system", resource_type="system", resource_id=None))

    assert [row["pk"]["S"] for row in rows(table)] == ["AUDIT"]
    assert find(actor_type="system").total == 1


def test_no_text_in_a_row_is_taken_for_a_field_of_it(table):
    """
    Filters look for a field in the row's text, and whoever names things chooses some of that text.
    """
    write(entry(details={"name": '"actor_type":"generator"'}, user_agent='"actor_type":"generator"'))

    assert find(actor_type="generator").total == 0
    assert find(actor_type="admin").total == 1


def test_an_expired_row_is_neither_shown_nor_counted_though_it_may_still_be_there(log):
    later = NOON + 80 * DAYS + 7 * MINUTE + MINUTE / 2

    for _ in range(2):
        found = find(later, limit=1000)
        assert (found.entries, found.total) == (log[:7:-1], 15)


def test_a_count_stays_true_when_expired_rows_go_under_its_milestones(log, table):
    find()
    for row in rows(table)[:6]:
        assert row["pk"]["S"] == "AUDIT"
        table.delete_item(TableName="brokkr", Key={"pk": row["pk"], "sk": row["sk"]})

    assert find(NOON + 80 * DAYS + 5 * MINUTE + MINUTE / 2).total == 17


def test_milestones_are_laid_in_the_settled_past_alone(table):
    settled = [entry(NOON - 10 * MINUTE + timedelta(seconds=number)) for number in range(7)]
    fresh = [entry(NOON - MINUTE + timedelta(seconds=number)) for number in range(12)]
    write(*settled, *fresh)

    found = find()

    laid = [row["gsi1sk"]["S"].partition("#")[0] for row in rows(table) if "milestone" in row["kind"]["S"]]
    assert found.total == 19
    assert laid == ["000000000000", "000000000005"]


def test_two_readers_at_once_lay_the_same_milestones(log, table):
    find()
    laid = [row for row in rows(table) if "milestone" in row["kind"]["S"]]
    for row in laid:
        table.delete_item(TableName="brokkr", Key={"pk": row["pk"], "sk": row["sk"]})

    find(until=NOON - 10 * DAYS + 12 * MINUTE)
    find()

    assert [row for row in rows(table) if "milestone" in row["kind"]["S"]] == laid


def test_a_milestone_outlives_the_rows_that_it_counts(log, table):
    find()

    kept = [row for row in rows(table) if row["kind"]["S"] == MilestoneItem.kind.get_discriminator(MilestoneItem)]
    assert kept
    for row in kept:
        at = datetime.fromisoformat(row["sk"]["S"].partition("#")[0])
        assert int(row["expires_at"]["N"]) > (at + 90 * DAYS).timestamp()


def test_an_empty_log_and_an_empty_span_have_nothing(table):
    nothing = ([], 0)

    empty, backwards = find(), find(since=NOON, until=NOON - DAYS)

    assert (empty.entries, empty.total) == nothing
    assert (backwards.entries, backwards.total) == nothing
