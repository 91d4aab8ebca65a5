"""
Refused PAKs in the audit log: a flood is seen, and costs little.
"""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.audit import Wanted
from chalicelib.domain.principals import Origin
from chalicelib.services.refused_paks import PER_PROCESS, Allowance, note
from chalicelib.store import audit_pages
from tests.support.recorder import recorder
from tests.support.world import rows

pytestmark = pytest.mark.usefixtures("table")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOMEWHERE = Origin("192.0.2.7", "curl/8")


def refuse(times=1, *, at=NOON, origin=SOMEWHERE, process=None):
    process = process or Allowance()
    for _ in range(times):
        note(origin, "/api/v1/stacks", process, now=lambda: at)


def log():
    return audit_pages.find(Wanted(action="auth.failed", limit=1000), NOON + 10 * MINUTE).entries


def test_a_refusal_says_where_it_came_from_and_what_it_wanted():
    refuse()

    [row] = log()
    assert (row.actor_type, row.actor_id, row.resource_type, row.resource_id) == ("system", None, "system", None)
    assert (row.ip_address, row.user_agent) == ("192.0.2.7", "curl/8")
    assert row.details == {"reason": "invalid_pak", "path": "/stacks"}


def test_a_flood_from_one_source_is_three_rows_a_minute_and_the_next_one_counts_the_rest():
    process = Allowance()

    refuse(100, process=process)
    refuse(process=process, at=NOON + MINUTE)

    assert [row.details.get("suppressed") for row in log()] == [97, None, None, None]


def test_all_processes_together_write_three_rows_a_minute():
    processes = [Allowance() for _ in range(3)]

    for process in processes * 2:
        refuse(process=process)

    assert len(log()) == 3


def test_a_process_whose_source_has_used_up_its_rows_asks_no_more(table):
    refuse(3)
    process = Allowance()
    refuse(process=process)
    before = rows(table)

    with recorder.recording() as needs:
        refuse(100, process=process)

    assert not needs
    assert rows(table) == before


def test_a_flood_from_many_sources_is_bounded_too():
    process = Allowance()

    for number in range(2000):
        refuse(process=process, origin=Origin(f"198.51.{number // 250}.{number % 250}"))
    refuse(process=process, at=NOON + MINUTE, origin=Origin("198.51.7.249"))

    assert len(log()) == PER_PROCESS + 1
    assert log()[0].details == {
        "reason": "invalid_pak",
        "path": "/stacks",
        "suppressed": 1,
        "suppressed_of_others": 2000 - PER_PROCESS - 1024,
    }


def test_a_source_that_nobody_knows_is_one_too():
    refuse(5, origin=Origin())

    assert [row.ip_address for row in log()] == [None] * 3


def test_the_counters_expire(table):
    refuse()

    [counter] = [row for row in rows(table) if row["pk"]["S"].startswith("ALLOWANCE#")]
    assert counter["kind"]["S"] == "allowance"
    assert int(counter["expires_at"]["N"]) == (NOON + timedelta(hours=1)).timestamp()
