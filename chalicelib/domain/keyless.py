"""
What the broker says and hears of callers without a PAK of their own: small, since it is loaded with the routes.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Struct

from chalicelib.domain import text
from chalicelib.domain.bounds import Bounds
from chalicelib.domain.paks import Pak
from chalicelib.errors.protocol import InvalidRequestBody

MAX_TOKEN = 16_384


class IdToken(Struct, frozen=True, kw_only=True):
    """
    What a CI says of one of its jobs, signed. It lets its bearer in, so it is never shown.
    """

    token: Annotated[str, Bounds(1, MAX_TOKEN)]

    def __post_init__(self) -> None:
        text.clean("token", self.token)
        if not 1 <= len(self.token) <= MAX_TOKEN:
            raise InvalidRequestBody(f"token must have 1 to {MAX_TOKEN} characters; it has {len(self.token)}")

    def __repr__(self) -> str:
        return "IdToken()"


class Grant(Struct, frozen=True, kw_only=True):
    """
    Why somebody without a PAK of their own was let in: which trust, and which run of which job.
    """

    issuer: str
    trust_id: UUID
    subject: str
    run: str | None

    @property
    def said(self) -> dict[str, str | None]:
        """
        In the audit log, beside all that comes of it.
        """
        return {"subject": self.subject, "run": self.run}


class Lent(Struct, frozen=True):
    """
    A PAK for a while.
    """

    pak: Pak
    generator_id: UUID
    expires_at: datetime
