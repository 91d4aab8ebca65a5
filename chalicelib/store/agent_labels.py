"""
Labels and annotations of agents.
"""

from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain import text
from chalicelib.domain.agents import AgentAnnotation, AgentLabel
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.not_found import AgentAnnotationNotFound, AgentLabelNotFound
from chalicelib.store import agents
from chalicelib.store.attributes import UUIDAttribute
from chalicelib.store.carriers import ANNOTATION, LABEL, Carriers
from chalicelib.store.reads import find, partition
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together, patch

CARRIERS = Carriers("AGENT")
agents_with_label, agents_with_annotation = CARRIERS.with_label, CARRIERS.with_annotation


class LabelItem(Item, discriminator="agent_label"):
    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    label = UnicodeAttribute()

    @classmethod
    def of(cls, label: AgentLabel) -> Self:
        return CARRIERS.label(cls(**asdict(label)), label.agent_id, label.label)

    def read(self) -> AgentLabel:
        return self.as_a(AgentLabel)


class AnnotationItem(Item, discriminator="agent_annotation"):
    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    key = UnicodeAttribute()
    value = UnicodeAttribute()

    @classmethod
    def of(cls, annotation: AgentAnnotation) -> Self:
        item = cls(**asdict(annotation))
        return CARRIERS.annotation(item, annotation.agent_id, annotation.key, annotation.value)

    def read(self) -> AgentAnnotation:
        return self.as_a(AgentAnnotation)


def add_label(together: Together, label: AgentLabel) -> None:
    item = LabelItem.of(label)
    taken = UniqueViolation(
        f"agent {label.agent_id} has the label {label.label!r} already", constraint="agent_labels_agent_id_label_key"
    )
    _add(together, label.agent_id, item, "fk_agent_labels_agent", taken)


def remove_label(together: Together, agent_id: UUID, label: str) -> None:
    """
    Raises AgentLabelNotFound, or is refused with it.
    """
    if not text.is_word(label):
        raise _no_label(agent_id, label)
    together.remove(LabelItem(f"AGENT#{agent_id}", f"{LABEL}{label}"), _no_label(agent_id, label))


def _no_label(agent_id: UUID, label: str) -> AgentLabelNotFound:
    return AgentLabelNotFound(f"agent {agent_id} has no label {label!r}")


def add_annotation(together: Together, annotation: AgentAnnotation) -> None:
    item = AnnotationItem.of(annotation)
    taken = UniqueViolation(
        f"agent {annotation.agent_id} has the annotation {annotation.key!r} already",
        constraint="agent_annotations_agent_id_key_key",
    )
    _add(together, annotation.agent_id, item, "fk_agent_annotations_agent", taken)


def get_annotation(agent_id: UUID, key: str) -> AgentAnnotation:
    """
    Raises AgentAnnotationNotFound.
    """
    item = find(AnnotationItem, f"AGENT#{agent_id}", f"{ANNOTATION}{key}") if text.is_word(key) else None
    if item is None:
        raise _no_annotation(agent_id, key)
    return item.read()


def remove_annotation(together: Together, annotation: AgentAnnotation) -> None:
    """
    Refused with AgentAnnotationNotFound, also where another one has taken its place.
    """
    item = AnnotationItem(f"AGENT#{annotation.agent_id}", f"{ANNOTATION}{annotation.key}")
    together.remove(item, _no_annotation(annotation.agent_id, annotation.key), AnnotationItem.id == annotation.id)


def _no_annotation(agent_id: UUID, key: str) -> AgentAnnotationNotFound:
    return AgentAnnotationNotFound(f"agent {agent_id} has no annotation {key!r}")


def unlist(id: UUID) -> None:
    """
    Let nobody find an agent by its labels and annotations, which stay its own.
    """
    for prefix in (LABEL, ANNOTATION):
        for item in partition(f"AGENT#{id}", prefix):
            patch(item, [Item.gsi1pk.remove(), Item.gsi1sk.remove()], present)


def _add(together: Together, agent_id: UUID, item: Item, constraint: str, taken: UniqueViolation) -> None:
    agents.check_alive(together, agent_id, ForeignKeyViolation(f"there is no agent {agent_id}", constraint=constraint))
    together.add(item, taken)
