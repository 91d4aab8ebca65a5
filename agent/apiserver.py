"""
The API server over HTTP: credentials, patience, answers.

Requests go straight to connections that are kept: the official client's generated API knows no server-side apply of any
kind at will, its dynamic one reads every API group first, and either holds 43 MB.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from agent.access import Credentials
from agent.connections import NO_ANSWER, Connections, Patience, Request
from agent.metrics import kubernetes_duration, kubernetes_operations
from agent.redaction import without_values

USER_AGENT = "brokkr-agent"
TIMEOUT = Patience(connect=5, read=60)
PROBE_TIMEOUT = Patience(connect=2, read=5)
STREAM_TIMEOUT = Patience(connect=5, read=90)
CHUNK = 2**16
TRIES = 5
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
IN_EVERY_ANSWER = (b'"kind"', b'"gitVersion"')
NO_SUCH_PATH = b"404 page not found"
NOT_NOW = frozenset({429, 502, 503, 504})
APPLY = "application/apply-patch+yaml"
JSON = "application/json"
METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
METADATA_LISTS = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


class ClusterUnreachable(Exception):
    """
    No answer at all: it ends the pass, and says nothing about any object.
    """


class Refused(Exception):
    """
    The API server's no to a question that is no change.
    """


class Stopping(Exception):
    """
    The agent may not go on: no further request is made.
    """


@dataclass(frozen=True)
class Answer:
    status: int
    data: bytes
    retry_after: str | None = None

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def is_missing(self) -> bool:
        return self.status == HTTPStatus.NOT_FOUND

    @cached_property
    def body(self) -> dict[str, Any]:
        """
        Read when it is asked for: of most answers the status says all.
        """
        try:
            body = json.loads(self.data)
        except ValueError:
            body = None
        return body if isinstance(body, dict) else {"message": self.data[:200].decode(errors="replace")}

    @property
    def is_genuine(self) -> bool:
        """
        Whether a yes, or that something is not there, can be an API server's word at all: a gateway before it that
        wants somebody to log in, or that has lost its way, says 200 or 404 to everything.
        """
        if not (self.ok or self.is_missing):
            return True
        is_object = self.data[:1] == b"{" and any(word in self.data for word in IN_EVERY_ANSWER)
        return is_object or self.data.startswith(NO_SUCH_PATH)

    @property
    def message(self) -> str:
        return without_values(str(self.body.get("message") or f"the API server answered {self.status}"))

    @property
    def is_for_later(self) -> bool:
        """
        Whether the server said not now. Its plain 500 is a refusal as often as not.
        """
        if self.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return bool((self.body.get("details") or {}).get("retryAfterSeconds")) or "etcdserver" in self.message
        return self.status in NOT_NOW

    def insist(self) -> "Answer":
        """
        Raises Refused where it is no.
        """
        if not self.ok:
            raise Refused(self.message)
        return self


@dataclass(frozen=True)
class Asked:
    """
    One request, to be sent as often as it takes.
    """

    method: str
    path: str
    body: bytes | None = None
    content_type: str = JSON
    accept: str = JSON
    timeout: Patience = field(default=TIMEOUT)

    @property
    def operation(self) -> str:
        return "watch" if self.timeout is STREAM_TIMEOUT else self.method.lower()

    def is_worth_another_try(self, answer: Answer) -> bool:
        collided = self.method == "PATCH" and answer.status == HTTPStatus.CONFLICT
        return collided or answer.is_for_later


class ApiServer:
    def __init__(
        self,
        credentials: Credentials,
        *,
        may_go_on: Callable[[], bool] = lambda: True,
        sleep: Callable[[float], object] = time.sleep,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._credentials = credentials
        self.may_go_on = may_go_on
        self._sleep = sleep
        self._spread = spread
        self._connections = Connections(credentials.access)

    def fenced(self, may_go_on: Callable[[], bool]) -> "ApiServer":
        """
        The same, for who may ask only as long as that holds.
        """
        other = copy(self)
        other.may_go_on = lambda: self.may_go_on() and may_go_on()
        return other

    def ask(self, method: str, path: str, body: bytes | None = None, *, tries: int = TRIES, **options: Any) -> Answer:
        """
        All that we ask may be asked twice. What is still not now after some tries is answered as it is.

        Raises ClusterUnreachable, and Stopping.
        """
        asked = Asked(method, path, body, **options)
        for attempt in range(tries):
            with kubernetes_duration.labels(method.lower()).time():
                answer = self._send(asked)
            if attempt == tries - 1 or not asked.is_worth_another_try(answer):
                break
            self._sleep(self._pause(attempt, answer))
        return answer

    def stream(self, path: str, *, accept: str = JSON) -> Iterator[bytes]:
        """
        A watch's lines, until the server ends it or says nothing for a while. Raises Refused and ClusterUnreachable.
        """
        yield from _lines(self.chunks(path, accept=accept))

    def chunks(self, path: str, *, accept: str = JSON, timeout: Patience = STREAM_TIMEOUT) -> Iterator[bytes]:
        """
        The same, as it arrives: of what may have lines of any length.
        """
        asked = Asked("GET", path, accept=accept, timeout=timeout)
        try:
            with self._connected().stream(self._request(asked)) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    Answer(response.status, response.read()).insist()
                yield from iter(lambda: response.read1(CHUNK), b"")
        except TimeoutError:
            return
        except NO_ANSWER as error:
            raise _unreachable(error) from error

    def _send(self, asked: Asked) -> Answer:
        access = self._credentials.access
        answer = self._fetch(asked)
        if answer.status == HTTPStatus.UNAUTHORIZED and self._credentials.renew(access):
            answer = self._fetch(asked)
        if not answer.is_genuine:
            raise ClusterUnreachable("the API server is unreachable: what answers in its place is none")
        return answer

    def _fetch(self, asked: Asked) -> Answer:
        request = self._request(asked)
        try:
            response, data = self._connected().fetch(request)
        except NO_ANSWER as error:
            raise _unreachable(error) from error
        return Answer(response.status, data, response.headers.get("Retry-After"))

    def _connected(self) -> Connections:
        if self._connections.access is not self._credentials.access:
            self._connections = Connections(self._credentials.access)
        return self._connections

    def _request(self, asked: Asked) -> Request:
        if not self.may_go_on():
            raise Stopping
        kubernetes_operations.labels(asked.operation).inc()
        headers = {"Accept": asked.accept, "Content-Type": asked.content_type, "User-Agent": USER_AGENT}
        if authorization := self._credentials.authorization():
            headers["Authorization"] = authorization
        return Request(asked.method, asked.path, asked.body, headers, asked.timeout)

    def _pause(self, attempt: int, answer: Answer) -> float:
        asked_for = answer.retry_after or ""
        least = float(asked_for) if asked_for.isdecimal() else 0.0
        grown = FIRST_PAUSE * 2**attempt * self._spread(0.5, 1.5)
        pause: float = min(LONGEST_PAUSE, max(least, grown))
        return pause


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line for line in whole if line)


def _unreachable(error: Exception) -> ClusterUnreachable:
    return ClusterUnreachable(f"the API server is unreachable: {type(error).__name__}")
