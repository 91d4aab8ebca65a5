"""
The pods of namespaces in which something is not all there yet: no object of ours, they are found by who made them.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from agent.judgement import Body, part, text
from agent.pods import Pod, controller_of
from agent.refs import Ref
from agent.watches import Watch, Watched, Watches
from agent.workloads import REVISION

MOST_NAMESPACES = 20
PODS, REPLICA_SETS = ("", "Pod", "v1"), ("apps", "ReplicaSet", "v1")

Start = Callable[[Watched, "PodBook"], Watch]


@dataclass(frozen=True, slots=True)
class Maker:
    """
    A ReplicaSet, which stands between a Deployment and its pods: one for each revision.
    """

    uid: str
    owner: str
    revision: str

    @classmethod
    def of(cls, body: Body) -> "Maker":
        metadata = part(body, "metadata")
        return cls(text(metadata, "uid"), controller_of(metadata), text(part(metadata, "annotations"), REVISION))


class PodBook:
    """
    Of one namespace. Pods that leave are none.
    """

    def __init__(self, news: Callable[[], None]) -> None:
        self._news = news
        self._pods: dict[Ref, Pod] = {}
        self._makers: dict[Ref, Maker] = {}
        self._lock = Lock()

    def saw(self, ref: Ref, body: dict[str, Any] | None, _version: str) -> None:
        with self._lock:
            is_news = self._noted_pod(ref, body) if ref.kind == "Pod" else self._noted_maker(ref, body)
        if is_news:
            self._news()

    def listed(self, watched: Watched, refs: Collection[Ref], version: str) -> None:
        """
        What was not listed is gone.
        """
        known = list(self._pods if watched.kind == "Pod" else self._makers)
        for ref in known:
            if ref not in refs:
                self.saw(ref, None, version)

    def made_by(self, uid: str, revision: str) -> list[Pod]:
        """
        What a workload made: through ReplicaSets of its newest template, by itself of any.
        """
        with self._lock:
            makers = {maker.uid for maker in self._makers.values() if (maker.owner, maker.revision) == (uid, revision)}
            found = [pod for pod in self._pods.values() if pod.owner in makers or pod.owner == uid]
        return [
            pod if pod.owner in makers or revision in ("", pod.revision) else replace(pod, is_of_newest=False)
            for pod in found
        ]

    def _noted_pod(self, ref: Ref, body: dict[str, Any] | None) -> bool:
        pod = None if body is None or "deletionTimestamp" in body["metadata"] else Pod.of(body)
        before = self._pods.pop(ref, None)
        if pod is not None and pod.owner:
            self._pods[ref] = pod
        return pod != before

    def _noted_maker(self, ref: Ref, body: dict[str, Any] | None) -> bool:
        maker = None if body is None else Maker.of(body)
        before = self._makers.pop(ref, None)
        if maker is not None and maker.owner:
            self._makers[ref] = maker
        return maker != before


class PodBooks:
    """
    One for each namespace that is followed, for as long as it needs to be: a namespace where all is well costs nothing.
    """

    def __init__(self, start: Start, news: Callable[[], None]) -> None:
        self._start = start
        self._news = news
        self._books: dict[str, PodBook] = {}
        self._watches = Watches(self._begin)

    def follow(self, namespaces: Iterable[str], *, only: bool) -> None:
        """
        These too; or, from time to time, only these, so that what comes and goes is not followed anew each time.
        """
        wanted = set(namespaces)
        kept = [namespace for namespace in self._books if namespace in wanted or not only]
        room = MOST_NAMESPACES - len(kept)
        added = sorted(wanted - set(kept))[: max(0, room)]
        self._books = {
            **{namespace: self._books[namespace] for namespace in kept},
            **{namespace: PodBook(self._news) for namespace in added},
        }
        self._watches.keep(
            Watched(*kind, namespace=namespace) for namespace in self._books for kind in (REPLICA_SETS, PODS)
        )

    def made_by(self, namespace: str, uid: str, revision: str) -> list[Pod]:
        book = self._books.get(namespace)
        return book.made_by(uid, revision) if book else []

    def _begin(self, watched: Watched) -> Watch:
        return self._start(watched, self._books[watched.namespace])
