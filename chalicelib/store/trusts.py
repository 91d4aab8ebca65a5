"""
Trusts, as they are kept.
"""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.keyless import Grant
from chalicelib.domain.trusts import Trust, TrustNotFound
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.generators import GeneratorItem
from chalicelib.store.reads import find, listed, partition
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together

LISTING = "TRUST"


class TrustItem(Item, discriminator="trust"):
    """
    pk TRUST#<issuer>, sk <id>; gsi1 TRUST / <generator>#<id>.
    """

    id = UUIDAttribute()
    generator_id = UUIDAttribute()
    issuer = UnicodeAttribute()
    subject = UnicodeAttribute()
    audience = UnicodeAttribute()
    created_at = MomentAttribute()

    @classmethod
    def at(cls, issuer: str, id: UUID) -> Self:
        return cls(f"TRUST#{issuer}", str(id))

    @classmethod
    def of(cls, trust: Trust) -> Self:
        item = cls(f"TRUST#{trust.issuer}", str(trust.id), **asdict(trust))
        item.gsi1pk, item.gsi1sk = LISTING, f"{trust.generator_id}#{trust.id}"
        return item

    def read(self) -> Trust:
        return self.as_a(Trust)


def add(together: Together, trust: Trust) -> None:
    together.add(TrustItem.of(trust))


def remove(together: Together, trust: Trust) -> None:
    together.remove(TrustItem.of(trust), not_found(trust.id))


def not_found(id: UUID) -> TrustNotFound:
    return TrustNotFound(f"there is no trust {id}")


def of_issuer(issuer: str) -> list[Trust]:
    return [item.read() for item in partition(f"TRUST#{issuer}") if isinstance(item, TrustItem)]


def every(generator_id: UUID | None = None) -> list[Trust]:
    """
    Of all generators, or of one.
    """
    keys = [(item.pk, item.sk) for item in listed(LISTING, f"{generator_id}#" if generator_id else "")]
    found = TrustItem.batch_get(keys, consistent_read=True) if keys else ()
    return sorted((item.read() for item in found), key=lambda trust: (trust.created_at, trust.id))


def forget(generator_id: UUID) -> None:
    """
    What is left of a generator that is gone.
    """
    for trust in every(generator_id):
        TrustItem.of(trust).delete()


def living(generator_ids: Iterable[UUID]) -> set[UUID]:
    """
    Those of these generators that are there and not deleted.
    """
    keys = [(f"GENERATOR#{id}", "GENERATOR") for id in generator_ids]
    found = GeneratorItem.batch_get(keys, consistent_read=True)
    return {item.id for item in found if item.deleted_at is None}


def check_there(together: Together, trust: Trust, refused: Exception) -> None:
    together.check(TrustItem.at(trust.issuer, trust.id), present, refused)


def still_stands(grant: Grant, generator_id: UUID) -> bool:
    """
    Whether both the trust and the generator that somebody was let in by are there now.
    """
    trust = find(TrustItem, f"TRUST#{grant.issuer}", str(grant.trust_id))
    return trust is not None and generator_id in living([generator_id])
