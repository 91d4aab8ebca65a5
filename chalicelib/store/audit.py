"""
The audit log, as it is kept: for 90 days, in the order of time, twice.

A row's own partition is the whole log; by the index it is found by what its action begins with. Its copy, but for what
the system did, is found by who did it, and by the index by what it was done to. Both hold all of the row.
"""

import json
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.audit import LIFE, SYSTEM, Entry
from chalicelib.store.faults import is_outage
from chalicelib.store.table import Item
from chalicelib.store.writes import Together

LOG = "AUDIT"


class AuditItem(Item, discriminator="audit"):
    """
    pk AUDIT, sk <moment>#<id>; gsi1 AUDIT#<noun> / the same.

    `description` is the row as JSON: of the attributes that the index carries, the one that holds text.
    """

    description = UnicodeAttribute()

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls._at(entry, LOG, by_noun(entry.noun))

    @classmethod
    def copy_of(cls, entry: Entry) -> Self:
        """
        pk AUDITACTOR#<id, or what it is>, sk <moment>#<id>; gsi1 AUDITRESOURCE#<id> / the same.
        """
        resource = by_resource(entry.resource_id) if entry.resource_id else None
        return cls._at(entry, by_actor(entry.actor_id or entry.actor_type), resource)

    @classmethod
    def _at(cls, entry: Entry, pk: str, gsi1pk: str | None) -> Self:
        item = cls(pk, place(entry), description=_text(entry))
        if gsi1pk:
            item.gsi1pk, item.gsi1sk = gsi1pk, item.sk
        item.expires_at = int((entry.timestamp + LIFE).timestamp())
        return item


def by_noun(noun: str) -> str:
    return f"AUDIT#{noun}"


def by_actor(actor: UUID | str) -> str:
    return f"AUDITACTOR#{actor}"


def by_resource(resource_id: UUID) -> str:
    return f"AUDITRESOURCE#{resource_id}"


def moment(at: datetime) -> str:
    """
    Always of the same length, so that texts are in the order of time. No place is a bare moment, so the order of a
    moment and a place is never in doubt.
    """
    return at.isoformat(timespec="microseconds")


def place(entry: Entry) -> str:
    return f"{moment(entry.timestamp)}#{entry.id}"


def _text(entry: Entry) -> str:
    row = {name: value for name, value in asdict(entry).items() if name not in ("id", "timestamp")}
    return json.dumps(row, separators=(",", ":"), default=str)


def holding(name: str, value: object) -> str:
    """
    What the text of a row holds where a field has this value. In no value: there each quote has a backslash before it.
    """
    return f'"{name}":"{value}"'


def read(row: dict[str, Any]) -> Entry:
    """
    From a row of the table or of the index.
    """
    at, _, id = row["sk"]["S"].partition("#")
    said = json.loads(row["description"]["S"])
    for name in ("actor_id", "resource_id"):
        said[name] = said[name] and UUID(said[name])
    return Entry(id=UUID(id), timestamp=datetime.fromisoformat(at), **said)


def add(together: Together, entry: Entry) -> None:
    """
    Together with what the row says.
    """
    together.put(AuditItem.of(entry))
    if entry.actor_type != SYSTEM:
        together.put(AuditItem.copy_of(entry))


def try_to_add(entry: Entry) -> None:
    """
    What the system did, where the answer does not depend on it: a store that does not answer has no row.
    """
    try:
        AuditItem.of(entry).save()
    except PynamoDBException as error:
        if not is_outage(error):
            raise
