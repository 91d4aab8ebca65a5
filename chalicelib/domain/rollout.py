"""
How far a revision has come: its state in each agent that serves the stack, and one verdict over all of them.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from chalicelib.domain.deployment_health import DEGRADED, FAILING, HEALTHY, UNKNOWN, Health, HealthSummary
from chalicelib.domain.deployment_objects import Revision

DEGRADED_GRACE = timedelta(seconds=30)
NAMED = 3
MAX_ERRORS = 50
MAX_ERROR = 500
BY_TARGET, BY_LABEL, BY_ANNOTATION = "target", "label", "annotation"


class State(StrEnum):
    PENDING = "pending"
    APPLIED = "applied"
    FAILED = "failed"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    SUPERSEDED = "superseded"
    SILENT = "silent"


class Verdict(StrEnum):
    PENDING = "pending"
    PROGRESSING = "progressing"
    LIVE = "live"
    FAILED = "failed"
    SUPERSEDED = "superseded"


OF_HEALTH = {HEALTHY: State.HEALTHY, DEGRADED: State.DEGRADED, FAILING: State.FAILED}


class Outcome(Struct, frozen=True, kw_only=True):
    """
    What became of applying a revision: since when it is so, and which event has the last word on it.
    """

    succeeded: bool
    since: datetime
    event: str


class Said(Struct, frozen=True, kw_only=True):
    """
    All that an agent said of one revision.
    """

    outcome: Outcome | None = None
    applied_at: datetime | None = None
    health: Health | None = None

    def heard_at(self) -> Iterator[datetime]:
        if self.outcome:
            yield self.outcome.since
        if self.health:
            yield self.health.reported_at


NOTHING = Said()


class Part(Struct, frozen=True, kw_only=True):
    """
    One agent's part in a rollout. `moved_on_at` is when it first reported on a newer revision of the stack.
    """

    name: str
    cluster_name: str
    matched_by: tuple[str, ...]
    last_heartbeat: datetime | None
    said: Said = NOTHING
    moved_on_at: datetime | None = None

    def standing(self, revision: Revision, at: datetime, silence: timedelta) -> tuple[State, datetime | None]:
        """
        The state, and the moment that it was reached.
        """
        if self.moved_on_at:
            return State.SUPERSEDED, self.moved_on_at
        words = [*self.said.heard_at(), *([self.last_heartbeat] if self.last_heartbeat else ())]
        if not words or at - max(words) > silence:
            return State.SILENT, max(words, default=None)
        return self._last_word(at, silence) or (State.PENDING, revision.created_at)

    def summary(self, at: datetime, silence: timedelta) -> HealthSummary | None:
        """
        What was said too long ago is not told any more.
        """
        health = self.said.health
        is_fresh = health is not None and at - health.reported_at <= silence
        return HealthSummary.read(health.summary) if health and health.summary and is_fresh else None

    def _last_word(self, at: datetime, silence: timedelta) -> tuple[State, datetime | None] | None:
        """
        A revision that could not be applied has failed, however well what is there of it may be.
        """
        outcome, health = self.said.outcome, self.said.health
        if outcome and not outcome.succeeded:
            return State.FAILED, outcome.since
        word = health.status_at(at, silence) if health else UNKNOWN
        if health and word != UNKNOWN:
            return OF_HEALTH[word], health.since
        if outcome:
            return State.APPLIED, outcome.since
        return (State.APPLIED, health.created_at) if health else None


class AgentRollout(Struct, frozen=True, kw_only=True):
    """
    What is told of one agent.
    """

    part: Part
    state: State
    since: datetime | None
    errors: Sequence[str] = ()
    summary: HealthSummary | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.part.cluster_name, self.part.name

    def has_failed(self, at: datetime) -> bool:
        """
        A fault that passes by itself is none yet.
        """
        if self.state is State.DEGRADED:
            return self.since is not None and at - self.since >= DEGRADED_GRACE
        return self.state is State.FAILED


class Rollout(Struct, frozen=True, kw_only=True):
    """
    `unregistered` counts the agents that share a label or an annotation with the stack and lack the registration.
    """

    revision: Revision
    newest_sequence_id: int
    agents: Sequence[AgentRollout]
    unregistered: int
    at: datetime

    @property
    def is_newest(self) -> bool:
        return self.newest_sequence_id <= self.revision.sequence_id

    def matched(self, way: str) -> int:
        return sum(way in one.part.matched_by for one in self.agents)

    @property
    def verdict(self) -> Verdict:
        heard = [one for one in self.agents if one.state is not State.SILENT]
        if not self.is_newest:
            return Verdict.SUPERSEDED
        if any(one.has_failed(self.at) for one in self.agents):
            return Verdict.FAILED
        if heard and all(one.state in self._settled for one in heard):
            return Verdict.LIVE
        return Verdict.PROGRESSING if self._applied else Verdict.PENDING

    @property
    def _settled(self) -> Collection[State]:
        """
        What a marker took away has no health.
        """
        return (State.HEALTHY, State.APPLIED) if self.revision.is_marker else (State.HEALTHY,)

    @property
    def _applied(self) -> int:
        return sum(one.part.said.applied_at is not None or one.part.said.health is not None for one in self.agents)

    @property
    def message(self) -> str:
        """
        One plain sentence, or two: what is so, and what to do where nothing comes of itself.
        """
        if not self.is_newest:
            return f"Revision {self.revision.sequence_id} is superseded by revision {self.newest_sequence_id}."
        if not self.agents:
            return self._nobody()
        silent = self._in(State.SILENT)
        away = f" Silent, and not waited for: {_names(silent)}." if silent else ""
        if silent and len(silent) == len(self.agents):
            return f"No agent that serves this stack has been heard of lately: {_names(silent)}."
        return self._told() + away

    def _told(self) -> str:
        total, verdict = len(self.agents), self.verdict
        if verdict is Verdict.FAILED:
            failed = [one for one in self.agents if one.has_failed(self.at)]
            return f"Failed in {len(failed)} of {total}: {_names(failed)}."
        if verdict is Verdict.LIVE:
            settled = [one for one in self.agents if one.state in self._settled]
            return f"{'Removed from' if self.revision.is_marker else 'Live in'} {len(settled)} of {total}."
        if verdict is Verdict.PROGRESSING:
            healthy = len(self._in(State.HEALTHY))
            return f"Applied in {self._applied} of {total}, healthy in {healthy}."
        return f"Not applied by any of {total} yet."

    def _nobody(self) -> str:
        lacking = (
            f"{self.unregistered} share a label or an annotation with it and are not registered with its generator: "
            "register them, or target them"
            if self.unregistered
            else "target an agent at it, or give it a label or an annotation that a registered agent has"
        )
        return f"No agent serves this stack: {lacking}."

    def _in(self, state: State) -> Sequence[AgentRollout]:
        return [one for one in self.agents if one.state is state]


def _names(agents: Sequence[AgentRollout]) -> str:
    named = ", ".join("/".join(one.place) for one in agents[:NAMED])
    more = len(agents) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def error_lines(message: str | None) -> list[str]:
    """
    The lines of an event's message: so many, so long. The event itself has all of it.
    """
    lines = (message or "").splitlines()
    told = [line if len(line) <= MAX_ERROR else f"{line[:MAX_ERROR]}…" for line in lines[:MAX_ERRORS]]
    more = len(lines) - MAX_ERRORS
    return [*told, f"… and {more} more, which the agent's event has"] if more > 0 else told
