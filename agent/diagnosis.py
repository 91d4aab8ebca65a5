"""
What can be seen of a stack in the cluster: its pods, what happened in its namespaces, and the last words of containers.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any
from urllib.parse import quote, urlencode

from agent.apiserver import ApiServer, ClusterUnreachable, Refused
from agent.holdings import Named, Owners
from agent.refs import Ref
from agent.symptoms import Object, containers_of, event_row, is_well, last_seen, pod_status
from agent.tails import tail_of

PAGE = 500
NAMESPACES = 20
PODS = 100
EVENTS = 50
LARGEST_LIST = 512 * 1024
LARGEST_TAILS = 1536 * 1024
SECONDS_FOR_TAILS = 60.0


@dataclass(frozen=True)
class Findings:
    """
    As the broker takes them: texts that hold JSON.
    """

    pod_statuses: str
    events: str
    log_tails: str | None = None

    @classmethod
    def failed(cls, reason: str) -> "Findings":
        return cls("[]", _json([{"error": reason}]))


@dataclass
class _Seen:
    pods: list[Object] = field(default_factory=list)
    events: list[Object] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Diagnosis:
    def __init__(self, server: ApiServer, owners: Owners, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self._owners = owners
        self._clock = clock

    def of(self, stack_id: str) -> Findings:
        """
        What may not be read is said among the events; what is cut, too. Raises Refused and ClusterUnreachable where
        nothing can be said at all.
        """
        seen = _Seen()
        namespaces = self._owners.holdings.namespaces_of(stack_id)
        for namespace in namespaces[:NAMESPACES]:
            self._look(stack_id, namespace, seen)
        seen.remarks += [f"namespace {name}: left out, for there are too many" for name in namespaces[NAMESPACES:]]
        pods = sorted(seen.pods, key=is_well)
        if len(pods) > PODS:
            seen.remarks.append(f"there are {len(pods)} pods: shown are {PODS}, those that are not well first")
        tails = self._tails(pods[:PODS])
        statuses, left_out = _fitting([pod_status(pod) for pod in pods[:PODS]])
        rows, forgotten = _fitting([event_row(event) for event in seen.events])
        seen.remarks += [f"{left_out} pods are left out: too much to say"] * bool(left_out)
        seen.remarks += [f"{forgotten} events are left out: too much to say"] * bool(forgotten)
        return Findings(_json(statuses), _json([*rows, *({"error": remark} for remark in seen.remarks)]), _json(tails))

    def _look(self, stack_id: str, namespace: str, seen: _Seen) -> None:
        try:
            seen.pods += [pod for pod in self._all("pods", namespace) if self._is_of(stack_id, pod)]
            seen.events += nlargest(EVENTS, self._all("events", namespace), key=last_seen)
        except Refused as error:
            seen.remarks.append(f"namespace {namespace}: {error}")

    def _is_of(self, stack_id: str, pod: Object) -> bool:
        metadata = pod["metadata"]
        ref = Ref("", "Pod", metadata["namespace"], metadata["name"], "v1")
        return self._owners.stack_of(Named(ref, metadata["uid"]), metadata) == stack_id

    def _all(self, plural: str, namespace: str) -> Iterator[Object]:
        page = ""
        while True:
            query = {"limit": PAGE, **({"continue": page} if page else {})}
            path = f"/api/v1/namespaces/{quote(namespace)}/{plural}?{urlencode(query)}"
            body = self._server.ask("GET", path).insist().body
            yield from body.get("items") or []
            page = (body.get("metadata") or {}).get("continue") or ""
            if not page:
                return

    def _tails(self, pods: list[Object]) -> dict[str, str]:
        """
        By pod and container. What does not fit any more, in bytes or in time, says so in a word.
        """
        tails, size, ends_at = dict[str, str](), 0, self._clock() + SECONDS_FOR_TAILS
        is_one_place = len({pod["metadata"]["namespace"] for pod in pods}) == 1
        for name, namespace, pod, container, previous in _words(pods):
            if size > LARGEST_TAILS:
                tail = "Error: left out, for there is too much to say"
            elif self._clock() > ends_at:
                tail = "Error: left out, for it took too long"
            else:
                tail = self._tail(namespace, pod, container, previous=previous)
            tails[name if is_one_place else f"{namespace}/{name}"] = tail
            size += len(_json(tail).encode())
        return tails

    def _tail(self, namespace: str, pod: str, container: str, *, previous: bool) -> str:
        try:
            return tail_of(self._server, namespace, pod, container, previous=previous)
        except (Refused, ClusterUnreachable) as error:
            return f"Error: {error}"


def _words(pods: list[Object]) -> Iterator[tuple[str, str, str, str, bool]]:
    for pod in pods:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        for container in containers_of(pod):
            yield f"{name}/{container.name}", namespace, name, container.name, False
            if container.crashed:
                yield f"{name}/{container.name} (previous)", namespace, name, container.name, True


def _fitting(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """
    As many from the start as fit, and how many do not.
    """
    size = 0
    for place, row in enumerate(rows):
        size += len(_json(row).encode())
        if size > LARGEST_LIST:
            return rows[:place], len(rows) - place
    return rows, 0


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
