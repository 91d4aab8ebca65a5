import random
from datetime import timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.telemetry import LogGap, PodLogLine, Telemetry
from chalicelib.store import telemetry
from tests.support.telemetry import NOON, a_gap, a_line, an_event
from tests.support.world import rows

SECOND = timedelta(seconds=1)
AGENT, STACK = uuid4(), uuid4()


def add(batch, at=NOON, agent_id=AGENT):
    telemetry.add(agent_id, batch, at, uuid4)


def lines(limit=5_000, since=NOON, stack_id=STACK):
    return [one for one in telemetry.log(stack_id, since, limit) if isinstance(one.said, PodLogLine)]


def texts(**how):
    return [one.said.line for one in lines(**how)]


def test_a_batch_is_one_item_for_each_stack_and_kind(table):
    other = uuid4()
    batch = Telemetry(
        events=[an_event(STACK), an_event(other)],
        lines=[a_line(STACK, f"line {n}") for n in range(200)],
        gaps=[a_gap(STACK), a_gap(other)],
    )

    add(batch)

    kept = rows(table)
    assert sorted((row["pk"]["S"], row["sk"]["S"].split("#")[0]) for row in kept) == sorted(
        (f"TELEMETRY#{stack}", kind) for stack in (STACK, other) for kind in ("EVENT", "LOG")
    )
    assert {int(row["expires_at"]["N"]) for row in kept} == {int((NOON + timedelta(hours=6)).timestamp())}


def test_what_was_said_comes_back_as_it_was_said(table):
    event, line, gap = an_event(STACK, source=None), a_line(STACK, "nul \0, é, 🚀, \x1b[31m"), a_gap(STACK, 7)
    add(Telemetry(events=[event], lines=[line], gaps=[gap]))

    found = [*telemetry.events(STACK, NOON, 10), *telemetry.log(STACK, NOON, 10)]

    assert [one.said for one in found] == [event, gap, line]
    assert {(one.agent_id, one.created_at) for one in found} == {(AGENT, NOON)}


def test_rows_come_the_newest_first_whoever_sent_them(table):
    add(Telemetry(lines=[a_line(STACK, "a"), a_line(STACK, "b")]), NOON)
    add(Telemetry(lines=[a_line(STACK, "c")]), NOON + SECOND / 2, agent_id=uuid4())
    add(Telemetry(lines=[a_line(STACK, "d"), a_line(STACK, "e")]), NOON + SECOND)
    add(Telemetry(lines=[a_line(uuid4(), "of another stack")]), NOON)

    assert texts() == ["e", "d", "c", "b", "a"]
    assert texts(limit=2) == ["e", "d"]
    assert texts(limit=3) == ["e", "d", "c"]
    assert texts(since=NOON + SECOND / 2) == ["e", "d", "c"]


def test_a_batch_of_any_size_comes_back_whole_and_in_its_order(table):
    """
    In items of 400 KB at most, though this text does not compress.
    """
    noise = random.Random(0)
    said = [f"{number} {noise.randbytes(noise.randrange(8_000)).hex()[:16_000]}" for number in range(150)]

    add(Telemetry(lines=[a_line(STACK, text) for text in said], gaps=[a_gap(STACK)]))

    assert texts() == said[::-1]
    assert len(rows(table)) > 3
    assert max(len(row["rows"]["B"]) for row in rows(table)) < 390_000


def test_many_rows_are_cut_so_that_a_reader_of_few_reads_few(table):
    add(Telemetry(lines=[a_line(STACK, str(number)) for number in range(1_200)]))

    assert len(rows(table)) == 3
    assert texts(limit=2) == ["1199", "1198"]
    assert texts() == [str(number) for number in reversed(range(1_200))]


def test_gaps_are_shown_on_the_way_to_the_lines_that_are_asked_for(table):
    for second in range(3):
        batch = Telemetry(lines=[a_line(STACK, str(second))], gaps=[a_gap(STACK, second)])
        add(batch, NOON + second * SECOND)
    add(Telemetry(gaps=[a_gap(STACK, 3, reason="disconnected")]), NOON + 3 * SECOND)

    found = list(telemetry.log(STACK, NOON, 2))

    assert [one.said.dropped_count for one in found if isinstance(one.said, LogGap)] == [3, 2, 1]
    assert [one.said.line for one in found if isinstance(one.said, PodLogLine)] == ["2", "1"]


def test_each_row_has_an_id_of_its_own_that_it_keeps(table):
    for second in range(3):
        add(Telemetry(lines=[a_line(STACK)] * 600), NOON + second * SECOND)

    ids = [one.id for one in lines()]

    assert len(set(ids)) == 1_800
    assert ids == [one.id for one in lines()]
    assert {id.version for id in ids} == {4}


@pytest.mark.parametrize(("after", "taken"), [(0, False), (4.999, False), (5, True), (60, True)])
def test_an_agents_batch_is_taken_when_its_last_one_is_five_seconds_old(after, taken, table):
    at = NOON + timedelta(seconds=after)
    assert telemetry.find_last_sent(AGENT) is None
    assert telemetry.note_sent(AGENT, NOON)

    assert telemetry.note_sent(AGENT, at) is taken

    assert telemetry.find_last_sent(AGENT) == (at if taken else NOON)
    assert telemetry.note_sent(uuid4(), NOON)
