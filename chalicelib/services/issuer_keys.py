"""
The public keys of CIs: asked of the issuer itself, by what it publishes, and kept for a while.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Timer
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.trusts import InvalidTrust, check_url
from chalicelib.errors.protocol import IssuerUnavailable
from chalicelib.settings import settings

MAX_AGE = timedelta(minutes=10)
PAUSE = timedelta(seconds=30)
MAX_ISSUERS = 64
MAX_KEYS = 64
MAX_BYTES = 256 * 1024
CHUNK = 64 * 1024
SOCKET_SECONDS = 3
PATIENCE_SECONDS = 6
KINDS = ("RSA", "EC")
OK = 200
LONG_AGO = datetime.min.replace(tzinfo=UTC)

Jwk = Mapping[str, Any]
Keys = Mapping[str, Jwk]


class NotHad(Exception):
    """
    An issuer did not answer, or not as one does.
    """


class Known(Struct, frozen=True):
    """
    An issuer's keys, when it gave them, and what came of asking it last.
    """

    keys: Keys
    had_at: datetime
    asked_at: datetime
    trouble: str | None = None

    def has(self, key_id: str, at: datetime) -> bool:
        return key_id in self.keys and self.is_fresh(at)

    def is_fresh(self, at: datetime) -> bool:
        return at - self.had_at < MAX_AGE


def fetch(issuer: str, patience: float = PATIENCE_SECONDS) -> Keys:
    """
    By its discovery document. Keys stand at the same host as that, or are not taken.
    """
    said = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", patience)
    place = said.get("jwks_uri")
    if said.get("issuer") != issuer or not isinstance(place, str):
        raise NotHad("its discovery document is another issuer's, or names no keys")
    if not place.startswith(_origin(issuer)):
        raise NotHad("its keys are at another host than it")
    found = _get(place, patience).get("keys")
    if not isinstance(found, list):
        raise NotHad("it publishes no set of keys")
    return {key["kid"]: key for key in reversed(found[:MAX_KEYS]) if _is_for_signatures(key)}


def _origin(issuer: str) -> str:
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}/"


def _is_for_signatures(key: object) -> bool:
    return (
        isinstance(key, dict)
        and isinstance(key.get("kid"), str)
        and key.get("kty") in KINDS
        and key.get("use", "sig") == "sig"
    )


def _get(url: str, patience: float) -> dict[str, Any]:
    """
    No redirect is followed, and no more is read, and for no longer, than keys can take.
    """
    try:
        parts = check_url("issuer", url, http_on_loopback=settings.oidc_http_on_loopback)
        connection = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        asked = connection(str(parts.hostname), parts.port, timeout=SOCKET_SECONDS)
        try:
            found = json.loads(_in_time(asked, parts.path or "/", patience))
        finally:
            asked.close()
    except (OSError, HTTPException, ValueError, RecursionError, InvalidTrust) as error:
        raise NotHad(f"{url}: {error or type(error).__name__}") from error
    if not isinstance(found, dict):
        raise NotHad(f"{url}: no JSON object")
    return found


def _in_time(asked: HTTPConnection, path: str, patience: float) -> bytes:
    """
    A socket's own limit is for each of its reads: who sends a byte now and then would never be late.
    """
    asked.connect()
    is_late = Event()
    watch = Timer(patience, _hang_up, [asked.sock, is_late])
    watch.start()
    try:
        asked.request("GET", path, headers={"Accept": "application/json"})
        body = _body(asked)
    except (OSError, HTTPException):
        if not is_late.is_set():
            raise
        body = b""  # what ends in a line that was cut may be an error of any kind
    finally:
        watch.cancel()
    if is_late.is_set():
        raise NotHad("too slow an answer")
    return body


def _hang_up(line: socket, is_late: Event) -> None:
    is_late.set()
    with suppress(OSError):
        socket.shutdown(line, SHUT_RDWR)  # that of TLS would first say so to the other side


def _body(asked: HTTPConnection) -> bytes:
    body = b""
    answer = asked.getresponse()
    if answer.status != OK:
        raise NotHad(f"answered {answer.status}")
    while part := answer.read1(CHUNK):
        body += part
        if len(body) > MAX_BYTES:
            raise NotHad("too long an answer")
    return body


UNKNOWN = Known({}, LONG_AGO, LONG_AGO)


class IssuerKeys:
    """
    What this process knows of issuers' keys, for ten minutes: a key that is rotated away is refused after that.

    A token with an unknown key has its issuer asked again, once in thirty seconds at most, so that nobody can have the
    broker hammer an issuer. Threads that wait for the same issuer share one answer.
    """

    def __init__(self, fetch: Callable[[str], Keys] = fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, Known] = {}
        self._locks: dict[str, Lock] = {}
        self._all = Lock()

    def find(self, issuer: str, key_id: str, at: datetime) -> Jwk | None:
        """
        None where the issuer has no such key. Raises IssuerUnavailable where that cannot be known now. Who comes with a
        key that is known does not wait for those who come with another.
        """
        known = self._known.get(issuer, UNKNOWN)
        if known.has(key_id, at):
            return known.keys[key_id]
        with self._lock_of(issuer):
            known = self._known.get(issuer, UNKNOWN)
            if not known.has(key_id, at) and at - known.asked_at >= PAUSE:
                known = self._known[issuer] = self._ask(issuer, known, at)
        if known.has(key_id, at):
            return known.keys[key_id]
        if known.trouble or not known.is_fresh(at):
            raise IssuerUnavailable(f"{issuer}: {known.trouble}")
        return None

    def _ask(self, issuer: str, known: Known, at: datetime) -> Known:
        """
        One that does not answer keeps the keys it gave, for as long as they count.
        """
        try:
            return Known(self._fetch(issuer), at, at)
        except NotHad as error:
            return replace(known, asked_at=at, trouble=str(error))

    def _lock_of(self, issuer: str) -> Lock:
        with self._all:
            if issuer not in self._locks and len(self._locks) >= MAX_ISSUERS:
                self._locks, self._known = {}, {}  # more than anybody trusts
            return self._locks.setdefault(issuer, Lock())
