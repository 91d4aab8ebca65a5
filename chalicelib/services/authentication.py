"""
From an Authorization header to who is asking.
"""

import hashlib
import hmac
from collections import OrderedDict
from datetime import datetime

from chalicelib import system
from chalicelib.domain import paks
from chalicelib.domain.paks import Pak
from chalicelib.domain.principals import Principal
from chalicelib.errors.protocol import Unauthorized, UnknownPak
from chalicelib.store import credentials
from chalicelib.store.credentials import Credential

PREFIXES = ("Bearer ", "bearer ")
REMEMBERED = 4096
REFUSAL = "this PAK is not known, or no longer"


class VerifiedSecrets:
    """
    Which secrets this process has seen bcrypt accept, as keyed digests beside the stored hash that they matched.

    It answers only for the very hash that the table holds now, so a rotated or deleted PAK is refused at once.
    """

    def __init__(self, new_token: system.NewToken = system.new_token) -> None:
        self._key = new_token(32)
        self._seen: OrderedDict[str, bytes] = OrderedDict()

    def matches(self, pak: Pak, stored: str) -> bool:
        digest = hmac.digest(self._key, pak.long.encode(), hashlib.sha256)
        known = self._seen.get(stored)
        if known is not None:
            return hmac.compare_digest(known, digest)
        if not pak.matches(stored):
            return False
        self._seen[stored] = digest
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True


_verified = VerifiedSecrets()


def authenticate(
    header: str | None, verified: VerifiedSecrets = _verified, *, now: system.Now = system.now
) -> Principal:
    """
    The caller behind `<PAK>`, `Bearer <PAK>` or `bearer <PAK>`. Raises Unauthorized; it never says what was wrong
    with a PAK that could be read.
    """
    if not header:
        raise Unauthorized("no PAK: send it in the Authorization header, as `Bearer <PAK>` or bare")
    if not header.isascii():
        raise Unauthorized(REFUSAL)
    pak = paks.parse(_without_scheme(header).strip())
    credential = pak and credentials.find_credential(pak.short)
    if not (pak and credential and verified.matches(pak, credential.hash)):
        raise UnknownPak(REFUSAL)
    if credential.expires_at is not None and not _still_lent(credential, now()):
        raise UnknownPak(REFUSAL)
    return credential.principal


def _still_lent(credential: Credential, at: datetime) -> bool:
    """
    Asked each time, so that a trust that is removed, and a generator that is deleted, stop it at once.
    """
    from chalicelib.store import trusts  # noqa: PLC0415 - a PAK of one's own needs it never

    principal = credential.principal
    assert credential.expires_at
    assert principal.grant
    assert principal.id
    return at < credential.expires_at and trusts.still_stands(principal.grant, principal.id)


def _without_scheme(header: str) -> str:
    for prefix in PREFIXES:
        if header.startswith(prefix):
            return header.removeprefix(prefix)
    return header
