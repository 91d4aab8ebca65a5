"""
The first moments of a broker: its table, its admin, and the two generators that every installation has.
"""

from uuid import UUID

from msgspec import Struct

from chalicelib import system
from chalicelib.domain import paks
from chalicelib.domain.generators import ADMIN_GENERATOR, SYSTEM_GENERATOR, Generator
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import ADMIN, OPERATOR
from chalicelib.errors.conflicts import AlreadyInstalled
from chalicelib.errors.protocol import Unavailable
from chalicelib.services import audit
from chalicelib.store import copying, credentials, generators, schema
from chalicelib.store.credentials import Installation
from chalicelib.store.writes import Together


class Installed(Struct, frozen=True):
    """
    `admin_pak` is None where there was an admin already.
    """

    admin_pak: Pak | None
    admin_generator_id: UUID
    system_generator_id: UUID


def create_table() -> bool:
    """
    True where there was none.
    """
    return schema.create_table()


def copy_from(source: str) -> int:
    """
    Fill an empty table with what another one holds: its admin, its callers, everything. How many items that were.
    Raises AlreadyInstalled where there is a broker already, so that two are never mixed.
    """
    if credentials.find_installation():
        raise AlreadyInstalled("there is a broker in this table already: copy into an empty one")
    return copying.copy_from(source)


def initialise(*, now: system.Now = system.now, new_id: system.NewId = system.new_id) -> Installed:
    """
    Make the admin and the two generators, in one transaction. Does nothing where they are there.
    """
    there = credentials.find_installation()
    if there:
        return Installed(None, there.admin_generator_id, there.system_generator_id)
    at, pak = now(), paks.generate()
    admin = Generator(
        id=new_id(), name=ADMIN_GENERATOR, description="Linked to Admin PAK", created_at=at, updated_at=at
    )
    system_wide = Generator(
        id=new_id(), name=SYSTEM_GENERATOR, description=None, created_at=at, updated_at=at, is_system=True
    )
    together = Together()
    installation = Installation(pak.short, admin.id, system_wide.id)
    credentials.install(together, installation, AlreadyInstalled("this broker has been initialised meanwhile"))
    credentials.issue(together, pak, ADMIN)
    generators.add(together, admin)
    generators.add(together, system_wide)
    audit.note(together, OPERATOR, "pak.created", ("pak", None), {"entity": "admin", "name": "admin"}, at=at)
    together.commit()
    return Installed(pak, admin.id, system_wide.id)


def rotate_admin(*, now: system.Now = system.now) -> Pak:
    """
    A new PAK for the admin; the old one is refused from now on.
    """
    old = credentials.find_installation()
    if old is None:
        raise Unavailable("this broker is not initialised: run `brokkr-broker init`")
    pak = paks.generate()
    together = Together()
    credentials.replace_admin(
        together, old.pak_short, pak.short, AlreadyInstalled("the admin PAK was rotated by somebody else meanwhile")
    )
    credentials.revoke(together, old.pak_short)
    credentials.issue(together, pak, ADMIN)
    audit.note(together, OPERATOR, "pak.rotated", ("admin", None), {"name": "admin"}, at=now())
    together.commit()
    return pak
