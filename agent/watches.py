"""
Watches of the kinds that our stacks hold, by our label: of metadata only, unless the status counts.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from agent.apiserver import JSON, METADATA_LISTS, METADATA_ONLY, ApiServer, ClusterUnreachable, Refused, Stopping
from agent.discovery import Discovery
from agent.ownership import STACK_LABEL
from agent.refs import Ref

log = logging.getLogger("agent")

PAGE = 500
FULL_PAGE = 50
RENEWED_AFTER_SECONDS = 300
FIRST_PAUSE = 0.5
AWAY_PAUSE = 5.0
LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Watched:
    """
    A kind in the version in which we apply it; where it names no namespace, in all of the agent's.
    """

    group: str
    kind: str
    version: str
    namespace: str = ""

    @classmethod
    def of(cls, ref: Ref) -> "Watched":
        return cls(ref.group, ref.kind, ref.version)

    def ref(self, metadata: dict[str, Any]) -> Ref:
        return Ref(self.group, self.kind, metadata.get("namespace") or "", metadata["name"], self.version)


class Onlooker(Protocol):
    """
    Who is told what is seen: of one object, which has no body where it is gone, and of all of a kind that there are.
    """

    def saw(self, ref: Ref, body: dict[str, Any] | None, version: str) -> None: ...

    def listed(self, watched: Watched, refs: frozenset[Ref], version: str) -> None: ...


class Expired(Exception):
    """
    The API server no longer knows the version that we would go on from.
    """


class Watch:
    """
    One kind, until it is ended. A stream that ends is resumed where it was; one that cannot be starts from a new list.
    """

    def __init__(
        self,
        watched: Watched,
        server: ApiServer,
        discovery: Discovery,
        onlooker: Onlooker,
        namespace: str,
        *,
        in_full: bool = False,
        selector: str = STACK_LABEL,
    ) -> None:
        self.watched = watched
        self._server = server
        self._discovery = discovery
        self._onlooker = onlooker
        self._namespace = watched.namespace or namespace
        self._in_full = in_full
        self._selector = {"labelSelector": selector} if selector else {}
        self._version: str | None = None
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while not self._ended.is_set():
            try:
                self.follow()
            except Expired:
                self._version = None
            except (ClusterUnreachable, Refused, Stopping) as error:
                if pause == FIRST_PAUSE and not isinstance(error, Stopping):
                    log.warning("not watched", extra={"fields": {"kind": self.watched.kind, "reason": str(error)}})
                self._ended.wait(pause)
                pause = min(LONGEST_PAUSE if isinstance(error, Refused) else AWAY_PAUSE, pause * 2)
                continue
            except Exception:
                log.exception("unforeseen", extra={"fields": {"kind": self.watched.kind}})
                self._version = None
                self._ended.wait(LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE

    def follow(self) -> None:
        """
        List, if need be, and look until the stream ends. Raises Expired, Refused, ClusterUnreachable and Stopping.
        """
        path = self._path()
        if path is None:
            self._ended.wait()
            return
        if self._version is None:
            self._version = self._list(path)
        query = {
            **self._selector,
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            "timeoutSeconds": RENEWED_AFTER_SECONDS,
        }
        accept = JSON if self._in_full else METADATA_ONLY
        for line in self._server.stream(f"{path}?{urlencode(query)}", accept=accept):
            if self._ended.is_set():
                return
            self._heed(json.loads(line))

    def _path(self) -> str | None:
        """
        None for what is beyond an agent of one namespace.
        """
        watched = self.watched
        ref = Ref(watched.group, watched.kind, self._namespace, "", watched.version)
        kind = self._discovery.kind(ref)
        return None if self._namespace and not kind.namespaced else kind.collection(ref)

    def _list(self, path: str) -> str:
        seen, page = set[Ref](), ""
        limit, accept = (FULL_PAGE, JSON) if self._in_full else (PAGE, METADATA_LISTS)
        while True:
            query = {**self._selector, "limit": limit, **({"continue": page} if page else {})}
            answer = self._server.ask("GET", f"{path}?{urlencode(query)}", accept=accept)
            if answer.status == 410:  # noqa: PLR2004 - Gone
                raise Expired
            body = answer.insist().body
            for item in body.get("items") or []:
                ref = self.watched.ref(item["metadata"])
                seen.add(ref)
                self._onlooker.saw(ref, item, str(item["metadata"]["resourceVersion"]))
            version, page = str(body["metadata"]["resourceVersion"]), body["metadata"].get("continue") or ""
            if not page:
                self._onlooker.listed(self.watched, frozenset(seen), version)
                return version

    def _heed(self, event: dict[str, Any]) -> None:
        if event["type"] == "ERROR":
            if event["object"].get("code") == 410:  # noqa: PLR2004 - Gone
                raise Expired
            raise Refused(str(event["object"].get("message")))
        metadata = event["object"]["metadata"]
        version = str(metadata["resourceVersion"])
        if event["type"] != "BOOKMARK":
            body = None if event["type"] == "DELETED" else event["object"]
            self._onlooker.saw(self.watched.ref(metadata), body, version)
        self._version = version


class Watches:
    """
    One watch for each kind that is wanted.
    """

    def __init__(self, start: Callable[[Watched], Watch]) -> None:
        self._start = start
        self._open: dict[Watched, Watch] = {}
        self._lock = threading.Lock()

    def keep(self, wanted: Iterable[Watched]) -> None:
        kinds = frozenset(wanted)
        with self._lock:
            for watched in self._open.keys() - kinds:
                self._open.pop(watched).end()
            for watched in kinds - self._open.keys():
                self._open[watched] = self._start(watched)
