"""
The events of what the stacks have, and of what that owns, as they happen.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from agent.buffer import Buffer, Item
from agent.holdings import Named, Owners
from agent.refs import Ref
from agent.symptoms import last_seen, shown
from agent.watches import Watched

EVENTS = Watched("", "Event", "v1")
TOLD_KEPT = 2_000
SECONDS = len("2026-11-24T12:00:00")


class KubeEvents:
    """
    An onlooker, from now on: what a list shows of before nobody asked for.
    """

    def __init__(
        self, owners: Owners, buffer: Buffer, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._owners = owners
        self._buffer = buffer
        self._now = now
        self._since = moment_of(now())
        self._listed_at: int | None = None
        self._told: dict[Ref, str] = {}

    def saw(self, ref: Ref, body: dict[str, Any] | None, version: str) -> None:
        """
        One that is gone only expired.
        """
        if body is None:
            return
        moment = last_seen(body) or moment_of(self._now())
        if self._is_old(moment, version):
            return
        about = body.get("involvedObject") or {}
        stack_id = self._owners.stack_of(Named.of(about, str(about.get("namespace") or "")))
        if stack_id is not None and not self._is_told(ref, version):
            self._buffer.add_event(Item.of(stack_id, moment, _row(body, about, moment)))

    def listed(self, _watched: Watched, _refs: Collection[Ref], version: str) -> None:
        """
        From here on versions say what is new, for clocks may differ.
        """
        self._listed_at = _number(version)

    def end(self) -> None:
        """
        Until events are seen again: what happens now is another agent's to tell.
        """
        self._since, self._listed_at = moment_of(self._now()), None

    def _is_old(self, moment: str, version: str) -> bool:
        if self._listed_at is None:
            return moment[:SECONDS] < self._since[:SECONDS]
        return _number(version) <= self._listed_at

    def _is_told(self, ref: Ref, version: str) -> bool:
        """
        A watch that has to start from a new list shows again what it has shown.
        """
        if self._told.get(ref) == version:
            return True
        self._told[ref] = version
        if len(self._told) > TOLD_KEPT:
            del self._told[next(iter(self._told))]
        return False


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


def moment_of(at: datetime) -> str:
    """
    To the second, as the API server writes it.
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(event: Mapping[str, Any], about: Mapping[str, Any], moment: str) -> dict[str, Any]:
    source = (event.get("source") or {}).get("component") or event.get("reportingComponent")
    return {
        "observed_at": moment,
        "reason": _text(event.get("reason")),
        "message": _text(shown(event.get("message"))),
        "event_type": _text(event.get("type")) or "Normal",
        "source": source or None,
        "involved_object": {
            "api_version": _text(about.get("apiVersion")) or "v1",
            "kind": _text(about.get("kind")),
            "namespace": about.get("namespace") or None,
            "name": _text(about.get("name")),
            "uid": about.get("uid") or None,
        },
    }


def _text(value: object) -> str:
    return str(value or "")
