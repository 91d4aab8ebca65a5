"""
The fleet: every agent beside what it serves, what it last said, and what it has still to do.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec import Struct

from chalicelib.domain.agents import Agent, Given, Heartbeat
from chalicelib.domain.association import Scope
from chalicelib.domain.confirmations import Confirmation
from chalicelib.domain.deployment_health import DEGRADED, FAILING
from chalicelib.domain.events import AgentEvent

UNWELL = (FAILING, DEGRADED)


class Profile(Struct, frozen=True, kw_only=True):
    """
    What the fleet needs to know of an agent: a copy, beside all the others, of what is kept under the agent.

    `answered` has, by stack, the sequence id of the object that it last reported on.
    """

    agent_id: UUID
    name: str
    cluster_name: str
    status: str
    created_at: datetime
    scope: Scope
    answered: Mapping[UUID, int]
    last_event_at: datetime | None

    @classmethod
    def of(cls, agent: Agent, scope: Scope, given: Iterable[Given] = (), last_event_at: datetime | None = None) -> Self:
        return cls(
            agent_id=agent.id,
            name=agent.name,
            cluster_name=agent.cluster_name,
            status=agent.status,
            created_at=agent.created_at,
            scope=scope,
            answered={one.stack_id: one.answered for one in given if one.answered is not None},
            last_event_at=last_event_at,
        )


class HealthCounts(Struct, frozen=True):
    """
    Of how many of the stacks that it serves an agent last said so.
    """

    failing: int = 0
    degraded: int = 0

    @classmethod
    def among(cls, unwell: Mapping[UUID, str], stack_ids: set[UUID]) -> Self:
        """
        Of these stacks. One that has left the agent since may still be called unwell, where that word and the one on
        its removal came at once.
        """
        words = [word for id, word in unwell.items() if id in stack_ids]
        return cls(words.count(FAILING), words.count(DEGRADED))


class AgentHealth(Struct, frozen=True, kw_only=True):
    """
    What an agent last said of the health of all that it has: which stacks are not well, and what still holds. None
    where it never had to be kept.
    """

    unwell: Mapping[UUID, str] | None = None
    confirmed: Sequence[Confirmation] = ()

    def news(self, words: Mapping[UUID, str]) -> dict[UUID, str | None]:
        """
        What these words, by stack, change: in which other way one is not well, or that it is not any more.
        """
        before = self.unwell or {}
        now = {id: word if word in UNWELL else None for id, word in words.items()}
        return {id: word for id, word in now.items() if word != before.get(id)}


class Member(Struct, frozen=True, kw_only=True):
    """
    An agent, as the fleet's partition has it.
    """

    profile: Profile
    heartbeat: Heartbeat | None = None
    unwell: Mapping[UUID, str] = {}


class FleetRecord(Struct, frozen=True, kw_only=True):
    """
    An agent at a moment. Whether it is silent is for the reader to judge, by its heartbeat's age.
    """

    member: Member
    pending_objects: int
    health: HealthCounts
    at: datetime

    def age(self, moment: datetime | None) -> int | None:
        """
        Whole seconds since then. Clocks of two processes differ: what comes from a moment ahead is of now.
        """
        return None if moment is None else max(0, int((self.at - moment).total_seconds()))


class FleetStatus(Struct, frozen=True):
    record: FleetRecord
    recent_events: list[AgentEvent]
