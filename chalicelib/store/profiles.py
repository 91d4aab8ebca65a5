"""
Profiles: of each agent, a copy of what the fleet needs to know, all of them in one partition.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from chalicelib.domain.agents import Agent, AgentChange, Given
from chalicelib.domain.association import Pair, Scope
from chalicelib.domain.fleet import Profile
from chalicelib.errors.not_found import AgentNotFound
from chalicelib.errors.protocol import InvalidRequestBody
from chalicelib.store import agent_events, agent_files, agents
from chalicelib.store.attributes import (
    MomentAttribute,
    NumbersByIdAttribute,
    UUIDAttribute,
    UUIDsAttribute,
    WordsAttribute,
)
from chalicelib.store.heartbeats import FLEET
from chalicelib.store.reads import find as find_item
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together, patch

# What one item of 400 KB holds, whatever the words.
MOST = {"labels": 250, "annotations": 250, "targets": 2000, "generators": 1000}
MOST_ANSWERS = 2000


class ProfileItem(Item, discriminator="profile"):
    """
    pk FLEET, sk PROFILE#<agent>. An annotation is its key, a space and its value: neither holds white space.
    """

    agent_id = UUIDAttribute()
    name = UnicodeAttribute()
    cluster_name = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = MomentAttribute()
    labels = WordsAttribute(null=True)
    annotations = WordsAttribute(null=True)
    targets = UUIDsAttribute(null=True)
    generators = UUIDsAttribute(null=True)
    answered = NumbersByIdAttribute()
    last_event_at = MomentAttribute(null=True)

    @classmethod
    def at(cls, agent_id: UUID) -> Self:
        return cls(FLEET, f"PROFILE#{agent_id}")

    @classmethod
    def of(cls, profile: Profile) -> Self:
        item, scope = cls.at(profile.agent_id), profile.scope
        item.agent_id, item.name, item.cluster_name = profile.agent_id, profile.name, profile.cluster_name
        item.status, item.created_at = profile.status, profile.created_at
        item.labels, item.annotations = scope.labels, _joined(scope.annotations)
        item.targets, item.generators = scope.targets, scope.generators
        item.answered, item.last_event_at = profile.answered, profile.last_event_at
        return item

    def read(self) -> Profile:
        pairs = (text.split(" ") for text in self.annotations or ())
        scope = Scope(
            targets=self.targets or frozenset(),
            generators=self.generators or frozenset(),
            labels=self.labels or frozenset(),
            annotations=frozenset((key, value) for key, value in pairs),
        )
        return self.as_a(Profile, scope=scope)


class MadeMeanwhile(Exception):
    """
    Somebody else has made this profile.
    """


def find(agent_id: UUID) -> Profile | None:
    """
    A live agent's; strongly consistent. One that an earlier version made gets its profile now.
    """
    item = find_item(ProfileItem, FLEET, f"PROFILE#{agent_id}")
    return item.read() if item else _make(agent_id)


def _make(agent_id: UUID) -> Profile | None:
    """
    Nothing that a profile copies changes while there is none, since each change writes the profile too: what is read
    here is still so when the profile is added, or somebody else has added one.
    """
    file = agent_files.read(agent_id, consistent=True)
    if file.agent is None:
        return None
    last_event_at = agent_events.newest_moment(agent_id)
    together = Together()
    agents.check_alive(together, agent_id, agents.not_found(agent_id))
    together.add(ProfileItem.of(Profile.of(file.agent, Scope.of(file), file.given, last_event_at)), MadeMeanwhile())
    try:
        together.commit()
    except AgentNotFound:
        return None
    except MadeMeanwhile:
        pass
    item = find_item(ProfileItem, FLEET, f"PROFILE#{agent_id}")
    return item.read() if item else None


def add(together: Together, agent: Agent, generators: Iterable[UUID]) -> None:
    """
    A new agent's. Nothing else of the transaction may widen it: an item is written once in each.
    """
    together.add(ProfileItem.of(Profile.of(agent, Scope(generators=frozenset(generators)))))


def forget(together: Together, agent_id: UUID) -> None:
    together.remove(ProfileItem.at(agent_id))


def change(together: Together, old: Agent, change: AgentChange) -> None:
    actions = [
        ProfileItem.name.set(change.name or old.name),
        ProfileItem.cluster_name.set(change.cluster_name or old.cluster_name),
    ]
    if change.status is not None:
        actions.append(ProfileItem.status.set(change.status))
    _update(together, old.id, actions)


def widen(together: Together, agent_id: UUID, by: Scope) -> None:
    """
    Copy what the agent is being given, in a transaction that checks that the agent lives. Refused with
    InvalidRequestBody where it has too much already for one item.
    """
    room: Condition = present
    for attribute, _ in _parts(by):
        room &= attribute.does_not_exist() | (size(attribute) < MOST[attribute.attr_name])
    full = InvalidRequestBody(f"agent {agent_id} has as many of these as one can have: {_most(by)}")
    _update(together, agent_id, [attribute.add(values) for attribute, values in _parts(by)], room, full)


def narrow(together: Together, agent_id: UUID, by: Scope) -> None:
    """
    Copy that this is being taken from the agent.
    """
    _update(together, agent_id, [attribute.delete(values) for attribute, values in _parts(by)])


def forget_answer(together: Together, given: Given) -> None:
    """
    What the agent has said of a stack is void.
    """
    _update(together, given.agent_id, [ProfileItem.answered[str(given.stack_id)].remove()])


def note_report(agent_id: UUID, at: datetime, said: Given | None = None) -> None:
    """
    Copy when an agent reported, and on what, unless it has reported on something newer since. One write, but for an
    agent that makes two reports at the same moment, or has no profile yet.
    """
    item, moment = ProfileItem.at(agent_id), ProfileItem.last_event_at
    both = [(moment.set(at), moment.does_not_exist() | (moment <= at)), *([_answer(said)] if said else [])]
    newer: Condition = present
    for _, condition in both:
        newer &= condition
    if not patch(item, [action for action, _ in both], newer) and find(agent_id):
        for action, condition in both:
            patch(item, [action], present & condition)


def _answer(said: Given) -> tuple[Action, Condition]:
    answer = ProfileItem.answered[str(said.stack_id)]
    if said.answered is None:
        return answer.remove(), present
    room = size(ProfileItem.answered) < MOST_ANSWERS
    return answer.set(said.answered), (answer.does_not_exist() & room) | (answer <= said.answered)


def _update(
    together: Together,
    agent_id: UUID,
    actions: Sequence[Action],
    condition: Condition = present,
    refused: Exception | None = None,
) -> None:
    """
    Of an agent that is deleted already there is nothing to copy. Refused with AgentNotFound where it is deleted
    meanwhile.
    """
    if find(agent_id):
        together.update(ProfileItem.at(agent_id), actions, condition, refused or agents.not_found(agent_id))


def _parts(scope: Scope) -> list[tuple[Attribute[Any], Collection[Any]]]:
    parts: list[tuple[Attribute[Any], Collection[Any]]] = [
        (ProfileItem.labels, scope.labels),
        (ProfileItem.annotations, _joined(scope.annotations)),
        (ProfileItem.targets, scope.targets),
        (ProfileItem.generators, scope.generators),
    ]
    return [(attribute, values) for attribute, values in parts if values]


def _most(scope: Scope) -> str:
    return ", ".join(f"{MOST[attribute.attr_name]} {attribute.attr_name}" for attribute, _ in _parts(scope))


def _joined(annotations: Iterable[Pair]) -> frozenset[str]:
    return frozenset(f"{key} {value}" for key, value in annotations)
