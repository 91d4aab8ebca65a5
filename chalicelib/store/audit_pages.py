"""
Pages of the audit log, at the same price however long the log is.
"""

from datetime import datetime

from chalicelib.domain.audit import LIFE, Found, Wanted
from chalicelib.store.audit import moment, read
from chalicelib.store.audit_counts import APART, count, skip
from chalicelib.store.audit_sources import Row, Source, source_of

END = "~"  # after every moment
MOST_AT_ONCE = 1000


def find(wanted: Wanted, at: datetime, *, apart: int = APART) -> Found:
    """
    A page of what has not expired, and how many fit in all.
    """
    source = source_of(wanted)
    oldest = at - LIFE
    after = moment(max(wanted.since or oldest, oldest))
    before = moment(wanted.until) if wanted.until else END
    if before <= after:
        return Found()
    counted = count(source, after, before, at, apart=apart)
    if wanted.offset >= counted.total:
        return Found([], counted.total)
    size = min(wanted.limit, counted.total - wanted.offset)
    place, left = skip(source, counted, wanted.offset, after, before)
    rows = _newest(source, after, place, left + size)
    return Found([read(row) for row in rows[left:]], counted.total)


def _newest(source: Source, after: str, before: str, size: int) -> list[Row]:
    """
    So many that fit, the newest first. Where many do not, each query looks at more than the one before.
    """
    rows: list[Row] = []
    looked_at, end = size, None
    while len(rows) < size:
        page = source.page(after, before, size=looked_at, backwards=True, behind=end)
        rows += page.rows
        if page.end is None:
            break
        end, looked_at = page.end, min(2 * looked_at, MOST_AT_ONCE)
    return rows[:size]
