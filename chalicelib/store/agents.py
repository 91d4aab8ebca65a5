"""
Agents, as they are kept, and everything that belongs to them but their heartbeats.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.domain import text
from chalicelib.domain.agents import (
    ACTIVE,
    Agent,
    AgentAnnotation,
    AgentChange,
    AgentFile,
    AgentLabel,
)
from chalicelib.errors import (
    AgentAnnotationNotFound,
    AgentLabelNotFound,
    AgentNotFound,
    Conflict,
    ForeignKeyViolation,
    UniqueViolation,
)
from chalicelib.store import fleet, heartbeats, names, tallies
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.given_stacks import GivenItem
from chalicelib.store.memory import REMEMBERED_FOR, Memory
from chalicelib.store.pending import PendingItem
from chalicelib.store.reads import find as find_item
from chalicelib.store.reads import listed, partition
from chalicelib.store.registrations import RegistrationItem
from chalicelib.store.table import Item, present
from chalicelib.store.targets import TargetItem
from chalicelib.store.writes import Together, patch

LISTING = "AGENT"


class AgentItem(Item, discriminator="agent"):
    """
    pk AGENT#<id>, sk AGENT; gsi1 AGENT / created_at#id.
    """

    id = UUIDAttribute()
    name = UnicodeAttribute()
    cluster_name = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = MomentAttribute()
    updated_at = MomentAttribute()
    deleted_at = MomentAttribute(null=True)
    pak_short = UnicodeAttribute(null=True)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(f"AGENT#{id}", "AGENT")

    @classmethod
    def of(cls, agent: Agent) -> Self:
        item = cls(f"AGENT#{agent.id}", "AGENT", **asdict(agent))
        item.gsi1pk, item.gsi1sk = LISTING, f"{agent.created_at.isoformat()}#{agent.id}"
        return item

    def read(self) -> Agent:
        return self.as_a(Agent)


class LabelItem(Item, discriminator="agent_label"):
    """
    pk AGENT#<id>, sk LABEL#<label>; gsi1 AGENTLABEL#<label> / agent id.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    label = UnicodeAttribute()

    @classmethod
    def of(cls, label: AgentLabel) -> Self:
        item = cls(f"AGENT#{label.agent_id}", f"LABEL#{label.label}", **asdict(label))
        item.gsi1pk, item.gsi1sk = _label_entry(label.label), str(label.agent_id)
        return item

    def read(self) -> AgentLabel:
        return self.as_a(AgentLabel)


class AnnotationItem(Item, discriminator="agent_annotation"):
    """
    pk AGENT#<id>, sk ANNOTATION#<key>; gsi1 AGENTANNOTATION#<key> <value> / agent id: neither holds white space.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    key = UnicodeAttribute()
    value = UnicodeAttribute()

    @classmethod
    def of(cls, annotation: AgentAnnotation) -> Self:
        item = cls(f"AGENT#{annotation.agent_id}", f"ANNOTATION#{annotation.key}", **asdict(annotation))
        item.gsi1pk, item.gsi1sk = _annotation_entry(annotation.key, annotation.value), str(annotation.agent_id)
        return item

    def read(self) -> AgentAnnotation:
        return self.as_a(AgentAnnotation)


def _label_entry(label: str) -> str:
    return f"AGENTLABEL#{label}"


def _annotation_entry(key: str, value: str) -> str:
    return f"AGENTANNOTATION#{key} {value}"


_agents: Memory[UUID, Agent] = Memory(8192, REMEMBERED_FOR)

alive = present & AgentItem.deleted_at.does_not_exist()


def find(id: UUID) -> Agent | None:
    """
    A live agent; strongly consistent.
    """
    item = find_item(AgentItem, f"AGENT#{id}", "AGENT")
    return item.read() if item and item.deleted_at is None else None


def get(id: UUID) -> Agent:
    """
    Raises AgentNotFound, for a deleted one too.
    """
    agent = find(id)
    if agent is None:
        raise not_found(id)
    return agent


def recalled(ids: Collection[UUID], at: datetime) -> dict[UUID, Agent]:
    """
    Those of the agents that live, as they are now or were a minute ago.
    """
    return {id: agent for id, agent in _agents.read(ids, _read_agents, at).items() if agent.deleted_at is None}


def _read_agents(ids: Collection[UUID]) -> dict[UUID, Agent]:
    return {item.id: item.read() for item in AgentItem.batch_get([(f"AGENT#{id}", "AGENT") for id in ids])}


def with_label(label: str) -> set[UUID]:
    """
    Deleted agents may be among them.
    """
    return {UUID(item.gsi1sk) for item in listed(_label_entry(label))}


def with_annotation(key: str, value: str) -> set[UUID]:
    """
    Deleted agents may be among them.
    """
    return {UUID(item.gsi1sk) for item in listed(_annotation_entry(key, value))}


def all_live() -> list[Agent]:
    """
    In the order of their creation.
    """
    return [item.read() for item in listed(LISTING)]


def called(ids: Iterable[UUID]) -> dict[UUID, str]:
    """
    Of those that are there, deleted or not.
    """
    return {item.id: item.name for item in AgentItem.batch_get([(f"AGENT#{id}", "AGENT") for id in ids])}


def file(id: UUID, *, consistent: bool = False) -> AgentFile:
    """
    All that is kept under an agent, in one query. Empty for an unknown agent, and for a deleted one, whatever it left.
    """
    items = list(partition(f"AGENT#{id}", consistent=consistent))
    own = next((item for item in items if isinstance(item, AgentItem)), None)
    agent = own.read() if own and own.deleted_at is None else None
    kept: list[Item] = items if agent else []
    return AgentFile(
        agent=agent,
        labels=[item.read() for item in kept if isinstance(item, LabelItem)],
        annotations=[item.read() for item in kept if isinstance(item, AnnotationItem)],
        targets=[item.read() for item in kept if isinstance(item, TargetItem)],
        registrations=[item.read() for item in kept if isinstance(item, RegistrationItem)],
        given=[item.read() for item in kept if isinstance(item, GivenItem)],
        diagnostics=[item.read() for item in kept if isinstance(item, PendingItem)],
    )


def not_found(id: UUID) -> AgentNotFound:
    return AgentNotFound(f"Agent not found: {id}")


def _changed(agent: Agent) -> Conflict:
    return Conflict(f"agent {agent.id} was changed by somebody else meanwhile; try again")


def _name_taken(name: str, cluster_name: str) -> UniqueViolation:
    return UniqueViolation(
        f"an agent named {name!r} is there already in cluster {cluster_name!r}", constraint="unique_agent_cluster"
    )


def add(together: Together, agent: Agent) -> None:
    key = names.agent_key(agent.name, agent.cluster_name)
    names.take(together, key, agent.id, _name_taken(agent.name, agent.cluster_name))
    together.add(AgentItem.of(agent))
    heartbeats.expect(together, agent.id)
    tallies.count_agent(together, agent.id, was_active=False, is_active=agent.is_active)


def check_alive(together: Together, id: UUID, refused: Exception) -> None:
    together.check(AgentItem.at(id), alive, refused)


def change(together: Together, old: Agent, change: AgentChange, at: datetime) -> None:
    """
    Write what the change gives, on condition that the name is still the one that was read, and the status too where
    the change gives one: it is counted.
    """
    name, cluster_name = change.name or old.name, change.cluster_name or old.cluster_name
    held, wanted = names.agent_key(old.name, old.cluster_name), names.agent_key(name, cluster_name)
    _agents.forget(old.id)
    names.move(together, held, wanted, old.id, _name_taken(name, cluster_name))
    actions = [
        AgentItem.name.set(name),
        AgentItem.cluster_name.set(cluster_name),
        AgentItem.updated_at.set(at),
    ]
    unchanged = alive & _same_name(old)
    if change.status is not None:
        actions.append(AgentItem.status.set(change.status))
        unchanged &= AgentItem.status == old.status
        tallies.count_agent(together, old.id, was_active=old.is_active, is_active=change.status == ACTIVE)
    together.update(AgentItem.at(old.id), actions, unchanged, _changed(old))


def replace_pak(together: Together, old: Agent, short: str, at: datetime) -> None:
    """
    On condition that no other rotation came first.
    """
    actions = [AgentItem.pak_short.set(short), AgentItem.updated_at.set(at)]
    together.update(AgentItem.at(old.id), actions, alive & _same_pak(old), _changed(old))


def bury(together: Together, agent: Agent, at: datetime) -> None:
    """
    On condition that name, PAK and status are still those that were read: what is freed, revoked and counted beside it
    is theirs.
    """
    _agents.forget(agent.id)
    names.free(together, names.agent_key(agent.name, agent.cluster_name))
    heartbeats.forget(together, agent.id)
    fleet.forget_agent(together, agent.id)
    tallies.count_agent(together, agent.id, was_active=agent.is_active, is_active=False)
    gone = [AgentItem.gsi1pk.remove(), AgentItem.gsi1sk.remove(), AgentItem.pak_short.remove()]
    together.update(
        AgentItem.at(agent.id),
        [AgentItem.deleted_at.set(at), AgentItem.updated_at.set(at), *gone],
        alive & _same_name(agent) & _same_pak(agent) & (AgentItem.status == agent.status),
        _changed(agent),
    )


def _same_name(old: Agent) -> Condition:
    same: Condition = (AgentItem.name == old.name) & (AgentItem.cluster_name == old.cluster_name)
    return same


def _same_pak(old: Agent) -> Condition:
    if old.pak_short is None:
        return AgentItem.pak_short.does_not_exist()
    return AgentItem.pak_short == old.pak_short


def add_label(together: Together, label: AgentLabel) -> None:
    item = LabelItem.of(label)
    taken = UniqueViolation(
        f"agent {label.agent_id} has the label {label.label!r} already", constraint="agent_labels_agent_id_label_key"
    )
    _add_to_agent(together, label.agent_id, item, "fk_agent_labels_agent", taken)


def remove_label(together: Together, agent_id: UUID, label: str) -> None:
    """
    Raises AgentLabelNotFound, or is refused with it.
    """
    if not text.is_word(label):
        raise _no_label(agent_id, label)
    together.remove(LabelItem(f"AGENT#{agent_id}", f"LABEL#{label}"), _no_label(agent_id, label))


def _no_label(agent_id: UUID, label: str) -> AgentLabelNotFound:
    return AgentLabelNotFound(f"agent {agent_id} has no label {label!r}")


def add_annotation(together: Together, annotation: AgentAnnotation) -> None:
    item = AnnotationItem.of(annotation)
    taken = UniqueViolation(
        f"agent {annotation.agent_id} has the annotation {annotation.key!r} already",
        constraint="agent_annotations_agent_id_key_key",
    )
    _add_to_agent(together, annotation.agent_id, item, "fk_agent_annotations_agent", taken)


def get_annotation(agent_id: UUID, key: str) -> AgentAnnotation:
    """
    Raises AgentAnnotationNotFound.
    """
    item = find_item(AnnotationItem, f"AGENT#{agent_id}", f"ANNOTATION#{key}") if text.is_word(key) else None
    if item is None:
        raise _no_annotation(agent_id, key)
    return item.read()


def remove_annotation(together: Together, annotation: AgentAnnotation) -> None:
    """
    Refused with AgentAnnotationNotFound, also where another one has taken its place.
    """
    item = AnnotationItem(f"AGENT#{annotation.agent_id}", f"ANNOTATION#{annotation.key}")
    together.remove(item, _no_annotation(annotation.agent_id, annotation.key), AnnotationItem.id == annotation.id)


def _no_annotation(agent_id: UUID, key: str) -> AgentAnnotationNotFound:
    return AgentAnnotationNotFound(f"agent {agent_id} has no annotation {key!r}")


def unlist(id: UUID) -> None:
    """
    Let nobody find an agent by its labels and annotations, which stay its own.
    """
    for prefix in ("LABEL#", "ANNOTATION#"):
        for item in partition(f"AGENT#{id}", prefix):
            patch(item, [Item.gsi1pk.remove(), Item.gsi1sk.remove()], present)


def _add_to_agent(together: Together, agent_id: UUID, item: Item, constraint: str, taken: UniqueViolation) -> None:
    check_alive(together, agent_id, ForeignKeyViolation(f"there is no agent {agent_id}", constraint=constraint))
    together.add(item, taken)
