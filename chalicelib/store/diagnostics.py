"""
Diagnostics and their results, as they are kept: for an hour, or until they expire.
"""

import json
from datetime import datetime
from typing import Self
from uuid import UUID

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.diagnostics import Diagnostic, DiagnosticResult, Status
from chalicelib.errors import BrokerError
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.packed import PackedItem
from chalicelib.store.pending import PendingItem
from chalicelib.store.reads import find, partition
from chalicelib.store.table import Item, present
from chalicelib.store.writes import Together, patch

TEXTS = ("pod_statuses", "events", "log_tails")


class DiagnosticItem(Item, discriminator="diagnostic"):
    """
    pk DIAGNOSTIC#<id>, sk DIAGNOSTIC; while it is pending, a PendingItem with its agent says so.

    `expires_at` is when DynamoDB may delete it, `lapses_at` what the contract calls by that name.
    """

    id = UUIDAttribute()
    agent_id = UUIDAttribute()
    deployment_object_id = UUIDAttribute()
    status = UnicodeAttribute()
    requested_by = UnicodeAttribute(null=True)
    created_at = MomentAttribute()
    lapses_at = MomentAttribute()
    claimed_at = MomentAttribute(null=True)
    completed_at = MomentAttribute(null=True)
    result_id = UUIDAttribute(null=True)

    @classmethod
    def at(cls, id: UUID) -> Self:
        return cls(f"DIAGNOSTIC#{id}", "DIAGNOSTIC")

    @classmethod
    def of(cls, asked: Diagnostic) -> Self:
        item = cls.at(asked.id)
        item.id, item.agent_id, item.deployment_object_id = asked.id, asked.agent_id, asked.deployment_object_id
        item.status, item.requested_by = asked.status, asked.requested_by
        item.created_at, item.lapses_at, item.expires_at = asked.created_at, asked.expires_at, _expiry(asked)
        return item

    def read(self) -> Diagnostic:
        return self.as_a(Diagnostic, status=Status(self.status), expires_at=self.lapses_at)


class ResultItem(PackedItem, discriminator="diagnostic_result"):
    """
    pk RESULT#<id>, sk RESULT: an answer, with its three texts as one.
    """

    id = UUIDAttribute()
    request_id = UUIDAttribute()
    collected_at = MomentAttribute()
    created_at = MomentAttribute()

    def read(self) -> DiagnosticResult:
        return self.as_a(DiagnosticResult, **json.loads(self.content()))


def _expiry(asked: Diagnostic) -> int:
    return int(asked.gone_at.timestamp())


def add(together: Together, asked: Diagnostic) -> None:
    together.add(DiagnosticItem.of(asked))
    together.add(PendingItem.of(asked))


def get_any(id: UUID) -> Diagnostic | None:
    """
    As it was written, expired or not.
    """
    item = find(DiagnosticItem, f"DIAGNOSTIC#{id}", "DIAGNOSTIC")
    return item.read() if item else None


def pending(agent_id: UUID, at: datetime) -> list[Diagnostic]:
    """
    What an agent may claim, the oldest first. Its partition says which to look at: half a read unit where there are
    none.
    """
    items = partition(f"AGENT#{agent_id}", PendingItem.PREFIX, consistent=False)
    waiting = [item.read() for item in items if isinstance(item, PendingItem)]
    keys = [(f"DIAGNOSTIC#{one.id}", "DIAGNOSTIC") for one in waiting if one.expires_at > at]
    found = [item.read() for item in DiagnosticItem.batch_get(keys, consistent_read=True)] if keys else []
    return sorted((one for one in found if one.status is Status.PENDING), key=lambda one: (one.created_at, one.id))


def claim(together: Together, asked: Diagnostic, at: datetime, refused: BrokerError) -> None:
    """
    On condition that it is still pending: of two claimers one wins.
    """
    pending = (DiagnosticItem.status == Status.PENDING) & (DiagnosticItem.lapses_at > at)
    actions = [DiagnosticItem.status.set(Status.CLAIMED), DiagnosticItem.claimed_at.set(at)]
    together.update(DiagnosticItem.at(asked.id), actions, present & pending, refused)
    together.remove(PendingItem.of(asked))


def keep_result(asked: Diagnostic, result: DiagnosticResult) -> None:
    """
    Nobody points at it yet: of two results that come at once, the second is never seen.
    """
    item = ResultItem(f"RESULT#{result.id}", "RESULT", expires_at=_expiry(asked))
    item.id, item.request_id = result.id, result.request_id
    item.collected_at, item.created_at = result.collected_at, result.created_at
    item.save_with(json.dumps({name: getattr(result, name) for name in TEXTS}))


def complete(result: DiagnosticResult) -> bool:
    """
    Let a result that is kept be the diagnostic's. False where it is not claimed, or no longer.
    """
    at = result.created_at
    claimed = (DiagnosticItem.status == Status.CLAIMED) & (DiagnosticItem.lapses_at > at)
    actions = [
        DiagnosticItem.status.set(Status.COMPLETED),
        DiagnosticItem.completed_at.set(at),
        DiagnosticItem.result_id.set(result.id),
    ]
    return patch(DiagnosticItem.at(result.request_id), actions, present & claimed)


def find_result(asked: Diagnostic) -> DiagnosticResult | None:
    item = find(ResultItem, f"RESULT#{asked.result_id}", "RESULT") if asked.result_id else None
    return item.read() if item else None
