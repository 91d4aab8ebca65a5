"""
Which diagnostics an agent is still to claim, kept with the agent: its poll reads that partition anyway.
"""

from typing import ClassVar, Self

from chalicelib.domain.diagnostics import Diagnostic, PendingDiagnostic
from chalicelib.store.attributes import MomentAttribute, UUIDAttribute
from chalicelib.store.table import Item


class PendingItem(Item, discriminator="pending_diagnostic"):
    """
    pk AGENT#<agent>, sk DIAGNOSTIC#<id>: there from when a diagnostic is asked for until it is claimed, or has lapsed.
    """

    PREFIX: ClassVar = "DIAGNOSTIC#"

    id = UUIDAttribute()
    lapses_at = MomentAttribute()

    @classmethod
    def of(cls, asked: Diagnostic) -> Self:
        lapsed = int(asked.expires_at.timestamp())
        item = cls(f"AGENT#{asked.agent_id}", f"{cls.PREFIX}{asked.id}", expires_at=lapsed)
        item.id, item.lapses_at = asked.id, asked.expires_at
        return item

    def read(self) -> PendingDiagnostic:
        return PendingDiagnostic(self.id, self.lapses_at)
