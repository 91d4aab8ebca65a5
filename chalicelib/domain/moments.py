"""
Moments that somebody else says.
"""

from datetime import UTC, datetime

from chalicelib.domain.text import Refusal
from chalicelib.errors.protocol import InvalidRequestBody


def utc(field: str, value: datetime, refusal: Refusal = InvalidRequestBody) -> datetime:
    """
    The same moment in UTC, which is how moments are kept. One without a zone is no moment.
    """
    require_zone(field, value, refusal)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise refusal(f"{field}: this timestamp lies outside of the years 1 to 9999") from error


def require_zone(field: str, value: datetime, refusal: Refusal = InvalidRequestBody) -> None:
    if value.tzinfo is None:
        raise refusal(f"{field}: a timestamp needs its zone, as in 2026-11-24T12:00:00Z")
