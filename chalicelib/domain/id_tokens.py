"""
An ID token, read before it is believed: strictly, so that nobody after this can read it otherwise.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from msgspec import Struct

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = timedelta(seconds=60)
MAX_AGE = timedelta(hours=1)
MAX_TEXT = 1024
MAX_SAID = 256
LAST_MOMENT = 2**40

JWS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+", re.ASCII)
MOMENTS = ("iat", "exp", "nbf")
GITHUB_RUN, GITLAB_RUN = ("run_id", "run_attempt"), ("pipeline_id", "job_id")
TOLD = ("repository", "project_path", "ref", "sha", "actor", "user_login", *GITHUB_RUN, *GITLAB_RUN)


class Refused(Exception):
    """
    Why a token lets nobody in: for the log, never for the answer.
    """


class Unproven(Struct, frozen=True):
    """
    What a token says of itself. `issuer` says whose keys to ask, `key_id` which of them; that is all.
    """

    text: str
    algorithm: str
    key_id: str
    issuer: str


class Proven(Struct, frozen=True):
    issuer: str
    subject: str
    audiences: frozenset[str]
    run: str | None
    told: Mapping[str, str]


def read(text: str) -> Unproven:
    parts = JWS.fullmatch(text)
    if not parts:
        raise Refused("it is no signed token")
    header, claims = _object(parts[1]), _object(parts[2])
    algorithm = _text(header, "alg")
    if algorithm not in ALGORITHMS:
        raise Refused(f"its algorithm is {algorithm[:16]!r}")
    if "crit" in header or header.get("b64", True) is not True:
        raise Refused("it asks for an extension")
    for name in MOMENTS:
        _check_moment(claims, name)
    _text(claims, "sub")
    return Unproven(text, algorithm, _text(header, "kid"), _text(claims, "iss"))


def proven(claims: Mapping[str, Any], at: datetime) -> Proven:
    """
    Of claims whose signature, issuer, audience and time were verified.
    """
    if at.timestamp() - claims["iat"] > (MAX_AGE + LEEWAY).total_seconds():
        raise Refused(f"it was issued more than {MAX_AGE} ago")
    given = claims["aud"]
    told = {name: _shown(claims[name]) for name in TOLD if isinstance(claims.get(name), str | int)}
    audiences = frozenset([given] if isinstance(given, str) else given)
    return Proven(_text(claims, "iss"), _text(claims, "sub"), audiences, _run(told), told)


def _shown(value: str | int) -> str:
    """
    For the audit log: half a character, of which JSON can speak and UTF-8 cannot, would make its page unreadable.
    """
    return "".join(char if char.isprintable() else "?" for char in str(value)[:MAX_SAID])


def _run(told: Mapping[str, str]) -> str | None:
    for names in (GITHUB_RUN, GITLAB_RUN):
        if names[0] in told:
            return "/".join(told[name] for name in names if name in told)
    return None


def _object(part: str) -> dict[str, Any]:
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found = json.loads(data.decode(), object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused("a part of it is not JSON") from error
    if not isinstance(found, dict):
        raise Refused("a part of it is no JSON object")
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("it says something twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise Refused(f"its {name} is no text of 1 to {MAX_TEXT} characters")
    return value


def _check_moment(claims: Mapping[str, Any], name: str) -> None:
    value = claims.get(name)
    if value is None and name == "nbf" and name not in claims:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LAST_MOMENT:
        raise Refused(f"its {name} is no moment")
