"""
Who is asking.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from chalicelib.domain.keyless import Grant
from chalicelib.errors.forbidden import AdminRequired, AgentPakMismatch


class Role(StrEnum):
    ADMIN = "admin"
    AGENT = "agent"
    GENERATOR = "generator"


class Origin(Struct, frozen=True):
    """
    Where a request came from, as the gateway saw it, or by which other way somebody got in.
    """

    address: str | None = None
    user_agent: str | None = None
    via: str | None = None


@dataclass(frozen=True)
class Principal:
    """
    The same from wherever it asks, which is why it is no Struct: they compare every field.
    """

    role: Role
    id: UUID | None = None
    origin: Origin | None = field(default=None, compare=False)
    grant: Grant | None = field(default=None, compare=False)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_agent(self) -> bool:
        return self.role is Role.AGENT

    @property
    def is_generator(self) -> bool:
        return self.role is Role.GENERATOR

    def owns(self, generator_id: UUID) -> bool:
        """
        Whether what belongs to that generator is this caller's to read and to change.
        """
        return self.is_admin or (self.is_generator and self.id == generator_id)


ADMIN = Principal(Role.ADMIN)

# Whoever may write the table, at the command line.
OPERATOR = Principal(Role.ADMIN, origin=Origin(via="cli"))


def require_admin(caller: Principal) -> None:
    if not caller.is_admin:
        raise AdminRequired("this needs the admin's PAK")


def require_agent_itself(caller: Principal, agent_id: UUID) -> None:
    if not (caller.is_agent and caller.id == agent_id):
        raise AgentPakMismatch("this needs the PAK of the agent in the path")


def require_admin_or_agent(caller: Principal, agent_id: UUID) -> None:
    if not caller.is_admin:
        require_agent_itself(caller, agent_id)
