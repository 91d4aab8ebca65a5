"""
Deployment objects, as they are kept: the object with its text, and the entry that makes it visible in its stack.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Self, TypeVar
from uuid import UUID

from msgspec.structs import asdict
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, Attempt, DeploymentObject, Revision
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute, WholeNumberAttribute
from chalicelib.store.faults import is_refused
from chalicelib.store.memory import Memory
from chalicelib.store.packed import PackedItem
from chalicelib.store.reads import find
from chalicelib.store.table import Item, absent

IDEMPOTENCY_LIFE = timedelta(hours=24)
BATCH = 100

A = TypeVar("A")

_revisions: Memory[UUID, Revision] = Memory(4096)


class RevisionItem(Item):
    """
    What every item that stands for a revision has.
    """

    id = UUIDAttribute()
    stack_id = UUIDAttribute()
    sequence_id = WholeNumberAttribute()
    checksum = UnicodeAttribute()
    is_marker = BooleanAttribute()
    created_at = MomentAttribute()

    def revision(self) -> Revision:
        return self.as_a(Revision)


class ObjectItem(RevisionItem, PackedItem, discriminator="object"):
    """
    pk OBJECT#<id>, sk OBJECT: a revision with its text.
    """

    @classmethod
    def of(cls, revision: Revision) -> Self:
        return cls(f"OBJECT#{revision.id}", "OBJECT", **asdict(revision))


class EntryItem(RevisionItem, discriminator="entry"):
    """
    pk STACK#<id>, sk OBJECT#<sequence>: the commit point of a push.
    """

    @classmethod
    def of(cls, revision: Revision) -> Self:
        return cls(f"STACK#{revision.stack_id}", _entry_key(revision.sequence_id), **asdict(revision))


class AttemptItem(RevisionItem, discriminator="attempt"):
    """
    pk STACK#<id>, sk IDEMPOTENCY#<key>: what the first push under that key was given.
    """

    def read(self) -> Attempt:
        return Attempt(revision=self.revision())


def _entry_key(sequence_id: int) -> str:
    return f"OBJECT#{sequence_id:020}"


def write(revision: Revision, content: str) -> None:
    """
    Keep the text. Nothing points at it yet; writing it again changes nothing.
    """
    ObjectItem.of(revision).save_with(content)


def commit(revision: Revision) -> None:
    """
    Make a written object visible in its stack.
    """
    EntryItem.of(revision).save()


def is_committed(revision: Revision) -> bool:
    return find(EntryItem, f"STACK#{revision.stack_id}", _entry_key(revision.sequence_id)) is not None


def newest(stack_id: UUID) -> Revision | None:
    """
    The highest committed object of a stack.
    """
    return next(_entries(stack_id, limit=1), None)


def revisions(stack_id: UUID) -> list[Revision]:
    """
    Every committed object of a stack, the newest first.
    """
    return list(_entries(stack_id))


def _entries(stack_id: UUID, limit: int | None = None) -> Iterator[Revision]:
    found = EntryItem.query(
        f"STACK#{stack_id}",
        EntryItem.sk.startswith("OBJECT#"),
        scan_index_forward=False,
        limit=limit,
        consistent_read=True,
    )
    return (item.revision() for item in found)


def find_revision(id: UUID) -> Revision | None:
    item = find(ObjectItem, f"OBJECT#{id}", "OBJECT")
    return item.revision() if item else None


def find_revisions(ids: Collection[UUID]) -> dict[UUID, Revision]:
    """
    Those of the objects that are there, by id. A revision never changes, so a process reads each once.
    """
    return _revisions.read(ids, _read_revisions)


def _read_revisions(ids: Collection[UUID]) -> dict[UUID, Revision]:
    keys = [(f"OBJECT#{id}", "OBJECT") for id in ids]
    return {item.id: item.revision() for item in ObjectItem.batch_get(keys, consistent_read=True)}


def load(id: UUID) -> DeploymentObject | None:
    """
    An object with its text, committed or not.
    """
    item = find(ObjectItem, f"OBJECT#{id}", "OBJECT")
    return DeploymentObject(item.revision(), item.content()) if item else None


def load_many(revisions: Collection[Revision]) -> dict[UUID, str]:
    """
    The texts of many objects, by id.
    """
    wanted = [(f"OBJECT#{revision.id}", "OBJECT") for revision in revisions if revision.checksum != EMPTY_CHECKSUM]
    texts = {revision.id: "" for revision in revisions}
    for keys in _chunks(wanted, BATCH):
        texts |= {item.id: item.content() for item in ObjectItem.batch_get(keys, consistent_read=True)}
    return texts


def _chunks(values: list[A], size: int) -> Iterator[list[A]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def find_attempt(stack_id: UUID, key_digest: str, at: datetime) -> Attempt | None:
    """
    What a key already stands for, as long as it lives.
    """
    item = find(AttemptItem, f"STACK#{stack_id}", f"IDEMPOTENCY#{key_digest}")
    return item.read() if item and item.expires_at > at.timestamp() else None


def note_attempt(revision: Revision, key_digest: str, at: datetime) -> bool:
    """
    Let a key stand for a revision for 24 hours. False where another push came first.
    """
    item = AttemptItem(f"STACK#{revision.stack_id}", f"IDEMPOTENCY#{key_digest}", **asdict(revision))
    item.expires_at = int((at + IDEMPOTENCY_LIFE).timestamp())
    expired = AttemptItem.expires_at <= int(at.timestamp())
    try:
        item.save(absent | expired)
    except PutError as error:
        if not is_refused(error):
            raise
        return False
    return True
