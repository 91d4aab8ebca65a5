"""
Requests to the broker, and when they are tried again. Alone in importing httpx.
"""

import math
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from cli import VERSION
from cli.errors import PASSING, CliError, Refused, Unreachable
from cli.paks import Pak, redacted

TIMEOUT = httpx.Timeout(30, connect=10)
SHORTEST_TIMEOUT = 1.0
TRIES = 6
FIRST_WAIT = 0.2
LONGEST_WAIT = 10.0
LONGEST_RETRY_AFTER = 120.0
UNFIT = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.DecodingError, httpx.InvalidURL)
UNTOUCHED = frozenset({429})  # the broker has done nothing of it


class Calls:
    def __init__(
        self,
        url: str,
        signer: Callable[[], Pak] | None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        spread: Callable[[float, float], float] = random.uniform,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        headers = {"Accept": "application/json", "User-Agent": f"brokkr/{VERSION}"}
        self.url = url
        self._signer = signer
        self._pak: Pak | None = None
        self._http = httpx.Client(
            base_url=f"{url}/api/v1", headers=headers, timeout=TIMEOUT, transport=transport, auth=self._sign
        )
        self._sleep, self._spread, self._note = sleep, spread, note

    def json(self, method: str, path: str, **request: Any) -> Any:
        return self.body(self.call(method, path, **request))

    def body(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise CliError(
                f"what answers at {self.url} is no broker: its answer is not JSON", "check the broker's URL"
            ) from error

    def call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        tries: int = TRIES,
        longest_wait: float = math.inf,
        **request: Any,
    ) -> httpx.Response:
        """
        What is not repeatable is tried again only where the broker cannot have heard of it. A wait that is longer than
        the caller's is broken off, and nothing is asked after it; and no answer is waited for longer than that either.
        """
        request["timeout"] = _within(longest_wait)
        for attempt in range(1, tries + 1):
            answer, trouble = self._try(method, path, request)
            if answer is not None and answer.status_code not in PASSING:
                return self._judged(answer)
            wait = self._wait(attempt, answer)
            is_safe = repeatable or _untouched(answer, trouble)
            if attempt == tries or not is_safe or wait > LONGEST_RETRY_AFTER:
                break
            self._note(f"{_said(answer, trouble)}; trying again in {wait:.1f} s")
            self._sleep(min(wait, longest_wait))
            if wait > longest_wait:
                break
        if answer is not None:
            return self._judged(answer)
        raise Unreachable(f"{self.url} cannot be reached: {_why(trouble)}", *_what_to_do(trouble)) from trouble

    def _try(
        self, method: str, path: str, request: Mapping[str, Any]
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            return self._http.request(method, path, **request), None
        except UNFIT as error:
            raise CliError(f"{self.url} cannot be asked: {redacted(str(error), self._pak)}") from error
        except httpx.TransportError as error:
            return None, error

    def _sign(self, request: httpx.Request) -> httpx.Request:
        """
        Each time anew: what is lent for a while may have been renewed.
        """
        if self._signer:
            self._pak = self._signer()
            request.headers["Authorization"] = f"Bearer {self._pak.secret}"
        return request

    def _wait(self, attempt: int, answer: httpx.Response | None) -> float:
        """
        What the broker asks for, else ever longer and never the same for all.
        """
        asked = None if answer is None else _retry_after(answer)
        if asked is not None:
            return asked
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)
        return self._spread(longest / 2, longest)

    def _judged(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success or answer.status_code == HTTPStatus.NOT_MODIFIED:
            return answer
        raise _refusal(answer, self._pak)


def _within(seconds: float) -> httpx.Timeout:
    limits = {name: min(most, max(SHORTEST_TIMEOUT, seconds)) for name, most in TIMEOUT.as_dict().items() if most}
    return httpx.Timeout(**limits)


def _retry_after(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _untouched(answer: httpx.Response | None, trouble: Exception | None) -> bool:
    if answer is not None:
        return answer.status_code in UNTOUCHED
    return isinstance(trouble, httpx.ConnectError | httpx.ConnectTimeout)


def _refusal(answer: httpx.Response, pak: Pak | None) -> Refused:
    try:
        body = answer.json()
        return Refused(answer.status_code, str(body["code"]), redacted(str(body["message"]), pak))
    except (ValueError, KeyError, TypeError):
        return _foreign(answer)


def _foreign(answer: httpx.Response) -> Refused:
    """
    Of a gateway or a proxy, which has another form for it, or none.
    """
    phrase = answer.reason_phrase or "without a reason"
    code = phrase.lower().replace(" ", "_")
    message = f"{answer.url} answered {answer.status_code} {phrase}, and not as a broker does"
    if answer.has_redirect_location:
        return Refused(answer.status_code, code, message, f"it sends on to {answer.headers['location']}: name that")
    return Refused(answer.status_code, code, message, "a gateway or a proxy may stand there: check the broker's URL")


def _said(answer: httpx.Response | None, trouble: Exception | None) -> str:
    return f"the broker cannot be reached: {_why(trouble)}" if answer is None else f"it answered {answer.status_code}"


def _why(trouble: Exception | None) -> str:
    text = str(trouble)
    if "refused" in text.lower():
        return "connection refused"
    return text or type(trouble).__name__


def _what_to_do(trouble: Exception | None) -> tuple[str, ...]:
    text = str(trouble).lower()
    if "certificate" in text:
        return ("trust its certificate: SSL_CERT_FILE names the file that holds the authority's",)
    if "ssl" in text:
        return ("is it https that is spoken there, or http?",)
    if "name or service" in text or "nodename" in text or "temporary failure in name" in text:
        return ("check the spelling of the host in --broker-url or BROKKR_BROKER_URL",)
    return (
        "is the broker running there? check --broker-url, BROKKR_BROKER_URL and the way through proxy and firewall",
    )
