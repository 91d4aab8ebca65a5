"""
How many rows of the audit log there are, without counting them all again: every so many rows of the settled past, the
first reader leaves a milestone, which says how many fit up to there. A total is the difference of two milestones, and
what lies beyond them, counted; an offset goes from milestone to milestone.

Milestones belong to one source, words and all. One chain begins with the first row that was there, and each next one
stands a fixed number of rows after the last, so that readers who lay them at the same time lay the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Self

from msgspec import Struct
from pynamodb.expressions.condition import Condition

from chalicelib.domain.audit import LIFE
from chalicelib.store import connection
from chalicelib.store.audit import moment
from chalicelib.store.audit_sources import Row, Source
from chalicelib.store.table import Item

APART = 250
SETTLED = timedelta(minutes=5)  # no clock is behind by more, and no write takes as long
BEGINNING = "0"  # before every moment
AFTER = "!"  # no row stands between a place and the same with this behind it
OUTLIVES = timedelta(days=1)


class Milestone(Struct, frozen=True):
    """
    So many rows of its chain fit that stand before a place.
    """

    place: str
    count: int


class MilestoneItem(Item, discriminator="audit_milestone"):
    """
    pk AUDITCOUNT#<source>, sk <place>; gsi1 the same / <count>#<place>.
    """

    @classmethod
    def of(cls, source: Source, milestone: Milestone) -> Self:
        item = cls(_chain(source), milestone.place)
        item.gsi1pk, item.gsi1sk = item.pk, f"{_digits(milestone.count)}#{milestone.place}"
        at = datetime.fromisoformat(milestone.place.partition("#")[0])
        item.expires_at = int((at + LIFE + OUTLIVES).timestamp())
        return item


def _chain(source: Source) -> str:
    return "#".join(("AUDITCOUNT", source.pk, *source.words))


def _digits(count: int) -> str:
    return f"{count:012}"


class Counted(Struct, frozen=True):
    """
    Of the rows between two places of a source: how many fit, and how many up to the later one, from the chain's
    beginning.
    """

    total: int
    up_to: int


def count(source: Source, after: str, before: str, at: datetime, *, apart: int = APART) -> Counted:
    last = _last(source, before) or _begin(source, before, at)
    if last is None:
        return Counted(0, 0)
    up_to = _walk(source, last, before, at, apart)
    first = _first(source, after, before)
    if first is None:
        return Counted(_plainly(source, after, before), up_to)
    return Counted(_plainly(source, after, first.place) + up_to - first.count, up_to)


def skip(source: Source, counted: Counted, offset: int, after: str, before: str) -> tuple[str, int]:
    """
    A place to read backwards from, and how many are to be passed over from there: fewer than there are between two
    milestones, and none where nothing but what does not fit lies before it.
    """
    wanted = MilestoneItem.gsi1sk >= _digits(max(counted.up_to - offset, 0))
    for found in _milestones(source, wanted, by_count=True):
        if after <= found.place <= before and found.count <= counted.up_to:
            return found.place, offset - (counted.up_to - found.count)
    return before, offset


def _begin(source: Source, before: str, at: datetime) -> Milestone | None:
    """
    The chain's first milestone, just before the first row; kept once that row has settled.
    """
    page = source.page(BEGINNING, before, size=1)
    if not (page.rows or page.end):
        return None
    first = Milestone(_place((*page.rows, page.end)[0]).partition("#")[0], 0)
    if first.place < moment(at - SETTLED):
        MilestoneItem.of(source, first).save()
    return first


def _walk(source: Source, last: Milestone, before: str, at: datetime, apart: int) -> int:
    """
    Count on from a milestone, and lay new ones as far as the past has settled.
    """
    settled, milestone = moment(at - SETTLED), last
    with MilestoneItem.batch_write() as kept:
        while True:
            page = source.page(milestone.place, before, size=apart, counting=True)
            count = milestone.count + page.count
            if page.end is None:
                return count
            milestone = Milestone(_place(page.end) + AFTER, count)
            if milestone.place < settled:
                kept.save(MilestoneItem.of(source, milestone))


def _plainly(source: Source, after: str, before: str) -> int:
    count, place = 0, after
    while True:
        page = source.page(place, before, counting=True)
        count += page.count
        if page.end is None:
            return count
        place = _place(page.end) + AFTER


def _place(row: Row | None) -> str:
    assert row is not None
    place: str = row["sk"]["S"]
    return place


def _last(source: Source, before: str) -> Milestone | None:
    return next(_milestones(source, MilestoneItem.sk <= before, backwards=True), None)


def _first(source: Source, after: str, before: str) -> Milestone | None:
    return next(_milestones(source, MilestoneItem.sk.between(after, before)), None)


def _milestones(
    source: Source, which: Condition, *, by_count: bool = False, backwards: bool = False
) -> Iterator[Milestone]:
    """
    The first that is found, or none.
    """
    answer = connection.table().query(
        _chain(source),
        range_key_condition=which,
        index_name="gsi1" if by_count else None,
        limit=1,
        scan_index_forward=not backwards,
    )
    for row in answer["Items"]:
        yield Milestone(row["sk"]["S"], int(row["gsi1sk"]["S"].partition("#")[0]))
