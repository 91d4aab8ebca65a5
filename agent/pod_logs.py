"""
The words of pods that ask for it by an annotation, and belong to a stack.
"""

import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import quote

from agent.apiserver import ApiServer
from agent.buffer import Buffer
from agent.follower import Follower
from agent.holdings import Named, Owners
from agent.kube_events import moment_of
from agent.loglines import Source
from agent.metrics import followed
from agent.refs import Ref
from agent.symptoms import containers_of
from agent.watches import Watched

log = logging.getLogger("agent")

PODS = Watched("", "Pod", "v1")
ASKED_FOR = "brokkr.io/stream-logs"
MOST_FOLLOWED = 50


class PodLogs:
    """
    An onlooker. A pod tells of all its containers from its start, or from when we began; those that find no room wait
    until another is done.
    """

    def __init__(
        self,
        server: ApiServer,
        owners: Owners,
        buffer: Buffer,
        start: Callable[[Callable[[], None]], object],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server = server
        self._owners = owners
        self._buffer = buffer
        self._start = start
        self._now = now
        self._began = moment_of(now())
        self._uids: dict[Ref, str] = {}
        self._waiting: list[Follower] = []
        self._running: list[Follower] = []
        self._is_full = False
        self._lock = Lock()

    def saw(self, ref: Ref, body: dict[str, Any] | None, _version: str) -> None:
        metadata = (body or {}).get("metadata") or {}
        if metadata:
            self._owners.learn(Named(ref, str(metadata.get("uid"))), metadata)
        asks = (metadata.get("annotations") or {}).get(ASKED_FOR) == "true"
        uid = str(metadata.get("uid")) if asks else ""
        if uid == self._uids.get(ref, ""):
            return
        self._let_go(ref)
        stack_id = self._owners.stack_of(Named(ref, uid), metadata) if uid else None
        if stack_id is not None:
            self._take_up(stack_id, ref, uid)

    def listed(self, _watched: Watched, refs: Collection[Ref], _version: str) -> None:
        for ref in [ref for ref in self._uids if ref not in refs]:
            self._let_go(ref)

    def end(self) -> None:
        """
        Until pods are seen again: another agent may be at work.
        """
        self.listed(PODS, (), "")
        self._began = moment_of(self._now())

    def _take_up(self, stack_id: str, ref: Ref, uid: str) -> None:
        answer = self._server.ask("GET", f"/api/v1/namespaces/{quote(ref.namespace)}/pods/{quote(ref.name)}")
        if not answer.ok:
            return
        pod = answer.body
        is_old = str(pod["metadata"]["creationTimestamp"]) < self._began
        sources = [Source(stack_id, ref.namespace, ref.name, uid, one.name) for one in containers_of(pod)]
        followers = [Follower(source, self._server, self._buffer, from_now=is_old) for source in sources]
        with self._lock:
            self._uids[ref] = uid
            self._waiting += followers
        self._fill()

    def _let_go(self, ref: Ref) -> None:
        uid = self._uids.pop(ref, None)
        with self._lock:
            self._waiting = [one for one in self._waiting if one.source.uid != uid]
            for one in self._running:
                if one.source.uid == uid:
                    one.end()

    def _fill(self) -> None:
        with self._lock:
            room = MOST_FOLLOWED - len(self._running)
            begun, self._waiting = self._waiting[:room], self._waiting[room:]
            self._running += begun
            followed.set(len(self._running))
            if self._waiting and not self._is_full:
                fields = {"followed": len(self._running), "waiting": len(self._waiting)}
                log.warning("more containers ask to be followed than are", extra={"fields": fields})
            self._is_full = bool(self._waiting)
        for one in begun:
            self._start(partial(self._run, one))

    def _run(self, one: Follower) -> None:
        try:
            one.run()
        except Exception:
            log.exception("unforeseen", extra={"fields": {"pod": one.source.pod}})
        with self._lock:
            self._running.remove(one)
        self._fill()
