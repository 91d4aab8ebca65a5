"""
Credentials: the only thing that authentication reads.
"""

from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.keyless import Grant
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import Principal, Role
from chalicelib.store.attributes import UUIDAttribute
from chalicelib.store.reads import find
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together

ADMIN_KEY = ("ADMIN", "ADMIN")


class Credential(Struct, frozen=True):
    """
    One that was lent for a while has a moment from which on it lets nobody in.
    """

    principal: Principal
    hash: str
    expires_at: datetime | None = None


class CredentialItem(Item, discriminator="credential"):
    """
    pk PAK#<short>, sk PAK.
    """

    role = UnicodeAttribute()
    subject_id = UUIDAttribute(null=True)
    hash = UnicodeAttribute()
    issuer = UnicodeAttribute(null=True)
    trust_id = UUIDAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    run = UnicodeAttribute(null=True)

    @classmethod
    def at(cls, short: str) -> Self:
        return cls(f"PAK#{short}", "PAK")

    def read(self) -> Credential:
        grant = self.as_a(Grant) if self.trust_id else None
        expires_at = datetime.fromtimestamp(self.expires_at, UTC) if self.expires_at else None
        return Credential(Principal(Role(self.role), self.subject_id, grant=grant), self.hash, expires_at)


class AdminItem(Item, discriminator="admin"):
    """
    pk ADMIN, sk ADMIN: which credential is the admin's, and the two generators of the installation.
    """

    pak_short = UnicodeAttribute()
    admin_generator_id = UUIDAttribute()
    system_generator_id = UUIDAttribute()


class Installation(Struct, frozen=True):
    pak_short: str
    admin_generator_id: UUID
    system_generator_id: UUID


def find_credential(short: str) -> Credential | None:
    item = find(CredentialItem, f"PAK#{short}", "PAK")
    return item.read() if item else None


def issue(together: Together, pak: Pak, principal: Principal) -> None:
    """
    Let a PAK in from now on.
    """
    item = CredentialItem.at(pak.short)
    item.role, item.subject_id, item.hash = principal.role.value, principal.id, pak.hash()
    together.add(item)


def lend(together: Together, pak: Pak, principal: Principal, expires_at: datetime) -> None:
    """
    Let a PAK in until then, by a grant.
    """
    item = CredentialItem.at(pak.short)
    item.role, item.subject_id, item.hash = principal.role.value, principal.id, pak.hash()
    assert principal.grant
    for name, value in asdict(principal.grant).items():
        setattr(item, name, value)
    item.expires_at = int(expires_at.timestamp())
    together.add(item)


def revoke(together: Together, short: str | None) -> None:
    if short:
        together.remove(CredentialItem.at(short))


def find_installation() -> Installation | None:
    item = find(AdminItem, *ADMIN_KEY)
    return Installation(item.pak_short, item.admin_generator_id, item.system_generator_id) if item else None


def install(together: Together, installation: Installation, refused: Exception) -> None:
    together.add(AdminItem(*ADMIN_KEY, **asdict(installation)), refused)


def replace_admin(together: Together, old: str, new: str, refused: Exception) -> None:
    together.update(
        AdminItem(*ADMIN_KEY),
        [AdminItem.pak_short.set(new)],
        present & (AdminItem.pak_short == old),
        refused,
    )
