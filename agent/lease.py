"""
The right to work: a Lease in the agent's namespace, so that two agents with one identity never work at the same time.

Renewing it is the probe of the API server too: it costs no request of its own.
"""

import fcntl
import json
import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from agent.apiserver import PROBE_TIMEOUT, Answer, ApiServer
from agent.bounds import LEASE_PREFIX

log = logging.getLogger("agent")

DURATION_SECONDS = 30
RENEWED_EVERY_SECONDS = 10.0
LOOKED_AT_EVERY_SECONDS = 1.0
MARGIN_SECONDS = 3.0


class Lease:
    """
    Another holder's is waited for until it has not been renewed for as long as it lasts, by our own clock: the two
    clocks need not agree. What is not renewed in time is lost before anybody else can have it. Whoever takes it, for
    the first time or again, is told so: what it knew of the cluster may be another's work by now.
    """

    def __init__(
        self,
        server: ApiServer,
        *,
        namespace: str,
        agent_id: str,
        holder: str,
        before_work: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.holder = holder
        self._before_work = before_work
        self.other: str | None = None
        self.term = 0
        self._server = server
        self._namespace = namespace
        self._path = path_of(namespace, agent_id)
        self._collection, _, self._name = self._path.rpartition("/")
        self._clock = clock
        self._now = now
        self._good_until = float("-inf")
        self._seen: tuple[str, float] | None = None
        self._mine: dict[str, Any] | None = None

    def is_held(self) -> bool:
        return self._clock() < self._good_until

    def renew(self) -> None:
        """
        Take it, or keep it, or find that another has it. To keep it is one request. Raises ClusterUnreachable and
        Refused.
        """
        asked_at, mine, self._mine = self._clock(), self._mine, None
        if mine is not None:
            answer = self._ask("PUT", self._path, self._body(mine))
            if answer.status not in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND):
                self._settle(answer, asked_at)
                return
        answer = self._ask("GET", self._path)
        if answer.is_missing:
            self._settle(self._create(), asked_at)
        elif self._is_free(found := answer.insist().body):
            self._settle(self._ask("PUT", self._path, self._body(found)), asked_at)

    def release(self) -> None:
        """
        So that the next one need not wait.
        """
        mine, self._mine, self._good_until = self._mine, None, float("-inf")
        if mine is not None:
            self._ask("PUT", self._path, {**mine, "spec": {**mine["spec"], "holderIdentity": ""}})

    def _is_free(self, found: dict[str, Any]) -> bool:
        holder = found["spec"].get("holderIdentity") or ""
        if holder in ("", self.holder):
            return True
        version, since = found["metadata"]["resourceVersion"], self._clock()
        if self._seen is None or self._seen[0] != version:
            self._seen = version, since
        lasts = float(found["spec"].get("leaseDurationSeconds") or DURATION_SECONDS)
        if since - self._seen[1] > lasts:
            return True
        if self.other != holder:
            log.warning("another agent of this identity is at work; waiting", extra={"fields": {"holder": holder}})
        self.other, self._good_until = holder, float("-inf")
        return False

    def _create(self) -> Answer:
        body = self._body({"metadata": {"name": self._name, "namespace": self._namespace}})
        answer = self._ask("POST", self._collection, body)
        if answer.is_missing:
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self._namespace}}
            self._ask("POST", "/api/v1/namespaces", namespace).insist()
            answer = self._ask("POST", self._collection, body)
        return answer

    def _settle(self, answer: Answer, asked_at: float) -> None:
        if answer.status == HTTPStatus.CONFLICT:
            return  # another was faster; the next look tells who
        self._mine = answer.insist().body
        if not self.is_held():
            log.info("at work", extra={"fields": {"holder": self.holder}})
            self.term += 1
            self._before_work()
        self.other, self._good_until = None, asked_at + DURATION_SECONDS - MARGIN_SECONDS

    def _body(self, found: dict[str, Any]) -> dict[str, Any]:
        moment = self._now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        spec = {"holderIdentity": self.holder, "leaseDurationSeconds": DURATION_SECONDS, "renewTime": moment}
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": found["metadata"], "spec": spec}

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        return self._server.ask(method, path, data, tries=1, timeout=PROBE_TIMEOUT)


def path_of(namespace: str, agent_id: str) -> str:
    return f"/apis/coordination.k8s.io/v1/namespaces/{quote(namespace)}/leases/{LEASE_PREFIX}{agent_id}"


def holder_of(data_dir: Path | None) -> str:
    """
    Who we are among agents of this identity. On a disk that nobody else has open we are who was there before us, and
    need not wait for ourselves; the file stays open, and so locked, for as long as the process lives.
    """
    fresh = f"{socket.gethostname()}-{uuid4().hex[:8]}"
    if data_dir is None:
        return fresh
    data_dir.mkdir(parents=True, exist_ok=True)
    file = os.open(data_dir / "holder", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return fresh
    known = os.read(file, 300).decode(errors="replace")
    if known:
        return known
    os.write(file, fresh.encode())
    return fresh
