"""
Registrations: an agent's consent to a generator, kept on both sides.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self
from uuid import UUID

from msgspec.structs import asdict

from chalicelib.domain.agents import Registration
from chalicelib.errors.conflicts import AlreadyRegistered
from chalicelib.errors.forbidden import AgentNotRegistered
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.memory import REMEMBERED_FOR, Memory
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together

_consents: Memory[tuple[UUID, UUID], bool] = Memory(8192, REMEMBERED_FOR)


class RegistrationItem(Item, discriminator="registration"):
    """
    pk AGENT#<id>, sk REGISTRATION#<generator>, and again pk GENERATOR#<id>, sk REGISTRATION#<agent>.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    generator_id = UUIDAttribute()
    registered_at = MomentAttribute()

    @classmethod
    def both(cls, registration: Registration) -> tuple[Self, Self]:
        fields = asdict(registration)
        return (
            cls(f"AGENT#{registration.agent_id}", f"REGISTRATION#{registration.generator_id}", **fields),
            cls(f"GENERATOR#{registration.generator_id}", f"REGISTRATION#{registration.agent_id}", **fields),
        )

    def read(self) -> Registration:
        return self.as_a(Registration)


def add(together: Together, registration: Registration) -> None:
    """
    Refused with AlreadyRegistered.
    """
    agents, generators = RegistrationItem.both(registration)
    refused = AlreadyRegistered(
        f"agent {registration.agent_id} is registered with generator {registration.generator_id} already"
    )
    together.add(agents, refused)
    together.put(generators)


def consenting(generator_id: UUID, agent_ids: Collection[UUID], at: datetime) -> set[UUID]:
    """
    Those of the agents that are registered with a generator, or were a minute ago.
    """
    asked = [(generator_id, agent_id) for agent_id in agent_ids]
    return {agent_id for _, agent_id in _consents.read(asked, _read_consents, at)}


def _read_consents(asked: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], bool]:
    keys = [(f"GENERATOR#{generator_id}", f"REGISTRATION#{agent_id}") for generator_id, agent_id in asked]
    return {(item.generator_id, item.agent_id): True for item in RegistrationItem.batch_get(keys)}


def check(together: Together, agent_id: UUID, generator_id: UUID, refused: Exception) -> None:
    together.check(RegistrationItem(f"AGENT#{agent_id}", f"REGISTRATION#{generator_id}"), present, refused)


def remove(together: Together, agent_id: UUID, generator_id: UUID) -> None:
    """
    Refused with AgentNotRegistered.
    """
    _consents.forget((generator_id, agent_id))
    refused = AgentNotRegistered(f"agent {agent_id} is not registered with generator {generator_id}")
    together.remove(RegistrationItem(f"AGENT#{agent_id}", f"REGISTRATION#{generator_id}"), refused)
    together.remove(RegistrationItem(f"GENERATOR#{generator_id}", f"REGISTRATION#{agent_id}"))
