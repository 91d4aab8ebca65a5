"""
What the broker answers, asked as a client asks it: at its base URL, which holds a stage's prefix.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPException
from importlib.metadata import version
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from broker.clocks import clock
from broker.finding import Finding

PATIENCE_SECONDS = 30  # a gateway's own, and a cold start is in it
MOST_BYTES = 100_000
AWAY = "is the address right, does the broker run, may this machine reach it (DNS, firewall, HTTPS_PROXY)?"
NOT_THE_ROOT = "--url is the broker's root: with a stage's prefix if it has one, without /api/v1"
STORE_AWAY = (
    "ask from inside (name the store: --table, --region or --data-dir), and look for the error in the broker's log"
)
STRIPPED = "let what stands between (a proxy, a CDN) pass the broker's headers"
UNKNOWN_PAK = "is it this broker's? `brokkr-broker rotate` gives a new one, and `rotate admin` to the admin"
REDIRECTED = "give the address that it leads to: a PAK is not sent after a redirect"


class AddressUnfit(Exception):
    """
    A URL that nothing can be asked at.
    """


@dataclass(frozen=True)
class Said:
    status: int
    headers: Message
    body: bytes

    def field(self, name: str) -> Any:
        """
        Of a JSON body; None where there is no such thing.
        """
        try:
            body = json.loads(self.body)
        except ValueError:
            return None
        return body.get(name) if isinstance(body, dict) else None

    @property
    def date(self) -> datetime | None:
        date = self.headers["Date"]
        return parsedate_to_datetime(date) if date else None


Ask = Callable[[str, str, str, Mapping[str, str]], Said]
"""
Base URL, method, path, headers. Raises OSError where nothing answers.
"""


class StayHere(HTTPRedirectHandler):
    """
    A redirect is an answer: what it leads to may be anybody, and the PAK would go along.
    """

    def redirect_request(self, *_: Any) -> None:
        return None


def outside(
    url: str, pak: str | None, *, ask: Ask | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Iterator[Finding]:
    """
    Each question after the one that it hangs on.
    """
    base, ask = url.rstrip("/"), ask or over_http
    try:
        alive = ask(base, "GET", "/healthz", {})
    except OSError as error:
        yield Finding("address", f"{base}: {getattr(error, 'reason', error)}", AWAY)
        return
    if alive.status != HTTPStatus.OK or alive.body != b"OK":
        yield _no_broker(base, alive)
        return
    yield Finding("address", f"a broker answers at {base}")
    yield clock("clock", alive.date, now(), "the broker's")
    yield _request_id(alive)
    yield _ready(ask(base, "GET", "/readyz", {}))
    yield from _pak(base, pak, ask)


def over_http(base: str, method: str, path: str, headers: Mapping[str, str]) -> Said:
    """
    Raises OSError for a broker that is not reached, or answers something other than HTTP.
    """
    request = Request(base + path, method=method, headers=dict(headers))  # noqa: S310 - fit() looked at the scheme
    try:
        with build_opener(StayHere).open(request, timeout=PATIENCE_SECONDS) as answer:
            return Said(answer.status, answer.headers, answer.read(MOST_BYTES))
    except HTTPError as refusal:
        with refusal:
            return Said(refusal.code, refusal.headers, refusal.read(MOST_BYTES))
    except HTTPException as error:
        raise OSError(f"this is not HTTP: {error!r}") from error


def fit(url: str) -> str:
    """
    Raises AddressUnfit for what is no base URL.
    """
    if not url.startswith(("http://", "https://")):
        raise AddressUnfit("--url begins with http:// or https://")
    if "?" in url or "#" in url:
        raise AddressUnfit("--url is a base URL: it has no query")
    return url


def _no_broker(base: str, said: Said) -> Finding:
    if said.status in range(300, 400):
        return Finding("address", f"{base} leads to {said.headers['Location']}", REDIRECTED)
    return Finding("address", f"{base}/healthz answers {said.status}, and not as a broker", NOT_THE_ROOT)


def _request_id(said: Said) -> Finding:
    if not said.headers["X-Request-Id"]:
        return Finding("request id", "an answer has no X-Request-Id, so no log line can be found by it", STRIPPED)
    return Finding("request id", "answers say which log line is theirs (X-Request-Id)")


def _ready(said: Said) -> Finding:
    if said.status != HTTPStatus.OK:
        why = said.field("message") or "without a reason"
        return Finding("ready", f"it answers {said.status} {why}", STORE_AWAY)
    return Finding("ready", "it reads its table")


def _pak(base: str, pak: str | None, ask: Ask) -> Iterator[Finding]:
    if pak is None:
        yield Finding("PAK", "not asked: give one with --pak-file, or in BROKKR_PAK")
        return
    said = ask(base, "POST", "/api/v1/auth/pak", {"Authorization": f"Bearer {pak}"})
    if said.status != HTTPStatus.OK:
        why = said.field("message") or "without a reason"
        yield Finding("PAK", f"it answers {said.status}: {why}", UNKNOWN_PAK)
        return
    yield Finding("PAK", f"is {_owner(said)}")
    yield _version(said)


def _owner(said: Said) -> str:
    if said.field("admin"):
        return "the admin's"
    role = "agent" if said.field("agent") else "generator"
    return f"that of {role} {said.field(role)}"


def _version(said: Said) -> Finding:
    ours, its = version("brokkr-serverless"), said.headers["X-Brokkr-Version"]
    if its is None:
        return Finding("version", f"not told by the broker; ours is {ours}")
    if its != ours:
        return Finding(
            "version", f"the broker's is {its}, ours {ours}", "deploy the broker, or install its version here"
        )
    return Finding("version", f"the broker's and ours are {ours}")
