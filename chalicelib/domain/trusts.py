"""
A trust: which jobs of which CI may act as a generator.
"""

import re
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from msgspec import Struct

DEFAULT_AUDIENCE = "brokkr"
MAX_ISSUER = 255
MAX_AUDIENCE = 255
MAX_SUBJECT = 1024
ANY = "*"
OWNERS_SEGMENTS = 2  # repo:OWNER/…, project_path:GROUP/…: an issuer serves many owners, and this one is meant
SEPARATORS = re.compile("([:/])")


class InvalidTrust(ValueError):
    """
    What the operator gave cannot be trusted, or trusts everybody.
    """


class TrustNotFound(LookupError):
    pass


class Trust(Struct, frozen=True, kw_only=True):
    id: UUID
    generator_id: UUID
    issuer: str
    subject: str
    audience: str
    created_at: datetime

    def fits(self, subject: str, audiences: frozenset[str]) -> bool:
        return self.audience in audiences and matches(self.subject, subject)


class NewTrust(Struct, frozen=True, kw_only=True):
    """
    Raises InvalidTrust, naming the field.
    """

    issuer: str
    subject: str
    audience: str = DEFAULT_AUDIENCE

    def __post_init__(self) -> None:
        _short("issuer", self.issuer, MAX_ISSUER)
        _short("audience", self.audience, MAX_AUDIENCE)
        _printable("subject", self.subject, MAX_SUBJECT)
        _check_pattern(self.subject)


def _short(field: str, value: str, most: int) -> None:
    if not (0 < len(value) <= most and value.isprintable() and " " not in value):
        raise InvalidTrust(f"{field}: expected 1 to {most} printable characters without a blank")


def _printable(field: str, value: str, most: int) -> None:
    """
    An environment of GitHub's may be called by two words.
    """
    if not (0 < len(value) <= most and value.isprintable() and value == value.strip()):
        raise InvalidTrust(f"{field}: expected 1 to {most} printable characters, and no blank around them")


def _check_pattern(subject: str) -> None:
    segments = SEPARATORS.split(subject)[::2]
    if any(segment.count(ANY) > 1 for segment in segments):
        raise InvalidTrust("subject: one * at most between two of `:` and `/`")
    if any(ANY in segment for segment in segments[:OWNERS_SEGMENTS]):
        raise InvalidTrust("subject: its first two parts, up to the second of `:` and `/`, say whose it is: no * there")


def matches(pattern: str, subject: str) -> bool:
    """
    Part by part between `:` and `/`, which stand where they stand: a `*` is one or more of a part's characters, so it
    never reaches into the next. All else is itself, upper and lower case told apart.
    """
    wanted, given = SEPARATORS.split(pattern), SEPARATORS.split(subject)
    return len(wanted) == len(given) and all(map(_part_matches, wanted, given))


def _part_matches(wanted: str, given: str) -> bool:
    before, star, after = wanted.partition(ANY)
    if not star:
        return wanted == given
    return len(given) > len(before) + len(after) and given.startswith(before) and given.endswith(after)


def check_url(field: str, url: str, *, http_on_loopback: bool) -> SplitResult:
    """
    An address that keys may be fetched from: https, or http to this very machine where that is allowed.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidTrust(f"{field}: not a URL") from error
    if not host or parts.username is not None or parts.query or parts.fragment or "?" in url or "#" in url:
        raise InvalidTrust(f"{field}: expected https://HOST/PATH, without a user, a query or a fragment")
    if parts.scheme != "https" and not (http_on_loopback and parts.scheme == "http" and _is_loopback(host)):
        raise InvalidTrust(f"{field}: must begin with https://")
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
