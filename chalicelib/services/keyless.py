"""
From a CI's ID token to a PAK for a quarter of an hour. Nothing of this is loaded before somebody asks for it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt

from chalicelib import system
from chalicelib.domain import id_tokens, paks
from chalicelib.domain.id_tokens import LEEWAY, Proven, Refused, Unproven
from chalicelib.domain.keyless import Grant, IdToken, Lent
from chalicelib.domain.principals import Origin, Principal, Role
from chalicelib.domain.trusts import Trust
from chalicelib.errors.protocol import IdTokenRefused
from chalicelib.services import audit, refused_paks
from chalicelib.services.issuer_keys import IssuerKeys, Jwk
from chalicelib.store import credentials, generators, trusts
from chalicelib.store.writes import Together

LIFE = timedelta(minutes=15)
PATH = "/auth/oidc"
NEEDED = ["iss", "aud", "sub", "exp", "iat"]
MAX_REASON = 256

_keys = IssuerKeys()
_tokens = jwt.PyJWT(options={"require": NEEDED, "enforce_minimum_key_length": True})


def exchange(
    given: IdToken,
    origin: Origin,
    keys: IssuerKeys = _keys,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> Lent:
    """
    Raises IdTokenRefused, which says why to the log alone, and IssuerUnavailable.
    """
    at = now()
    try:
        proven, trust = _trusted(given.token, keys, at)
        return _lend(proven, trust, origin, at, new_id)
    except Refused as refusal:
        reason = str(refusal)[:MAX_REASON]
        refused_paks.note(origin, PATH, why={"reason": "invalid_id_token", "why": reason}, now=now)
        raise IdTokenRefused(reason) from refusal


def _trusted(text: str, keys: IssuerKeys, at: datetime) -> tuple[Proven, Trust]:
    """
    Only an issuer that somebody trusts is asked for keys, and only by the address that the trust has.
    """
    token = id_tokens.read(text)
    known = trusts.of_issuer(token.issuer)
    if not known:
        raise Refused(f"nobody trusts its issuer {token.issuer!r}")
    key = keys.find(token.issuer, token.key_id, at)
    if key is None:
        raise Refused(f"{token.issuer} has no key {token.key_id!r}")
    proven = id_tokens.proven(_verified(token, key, {trust.audience for trust in known}), at)
    return proven, _the_one(known, proven)


def _verified(token: Unproven, key: Jwk, audiences: set[str]) -> Mapping[str, Any]:
    if key.get("alg", token.algorithm) != token.algorithm:
        raise Refused(f"its algorithm {token.algorithm} is not that of its key")
    try:
        return _tokens.decode(
            token.text,
            jwt.PyJWK(dict(key), token.algorithm),
            algorithms=[token.algorithm],
            audience=sorted(audiences),
            issuer=token.issuer,
            leeway=LEEWAY,
        )
    except jwt.PyJWTError as error:
        raise Refused(f"{type(error).__name__}: {error}") from error


def _the_one(known: list[Trust], proven: Proven) -> Trust:
    fitting = [trust for trust in known if trust.fits(proven.subject, proven.audiences)]
    living = trusts.living({trust.generator_id for trust in fitting}) if fitting else set()
    if not living:
        raise Refused(f"no generator trusts the subject {proven.subject!r} of {proven.issuer}")
    if len(living) > 1:
        raise Refused(f"{len(living)} generators trust the subject {proven.subject!r}: it cannot be told whose it is")
    return min((trust for trust in fitting if trust.generator_id in living), key=lambda trust: trust.created_at)


def _lend(proven: Proven, trust: Trust, origin: Origin, at: datetime, new_id: system.NewId) -> Lent:
    pak, expires_at = paks.generate(), (at + LIFE).replace(microsecond=0)
    grant = Grant(issuer=trust.issuer, trust_id=trust.id, subject=proven.subject, run=proven.run)
    caller = Principal(Role.GENERATOR, trust.generator_id, origin, grant)
    together = Together()
    generators.check_alive(together, trust.generator_id, Refused("its generator was deleted meanwhile"))
    trusts.check_there(together, trust, Refused("its trust was removed meanwhile"))
    credentials.lend(together, pak, caller, expires_at)
    said = {"issuer": trust.issuer, "trust_id": str(trust.id), "claims": dict(proven.told)}
    audit.note(together, caller, "auth.oidc", ("generator", trust.generator_id), said, at=at, new_id=new_id)
    together.commit()
    return Lent(pak, trust.generator_id, expires_at)
