"""
A CI's job, and the ID token that says which one it is.
"""

import base64
import json
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from cli.answers import read
from cli.errors import CliError
from cli.paks import Pak

if TYPE_CHECKING:
    from cli.calls import Calls

AUDIENCE = "brokkr"
GITHUB_URL, GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
LONGEST_LIFE = 60 * 60
GITLAB_TOKEN = "BROKKR_ID_TOKEN"  # noqa: S105 - its name

Signer = Callable[[], Pak]
MakesCalls = Callable[[str, Signer | None], "Calls"]


@dataclass(frozen=True)
class GitHubJob:
    """
    GitHub makes a token whenever it is asked to.
    """

    url: str
    secret: str = field(repr=False)
    audience: str

    def token(self, calls: MakesCalls) -> str:
        parts = urlsplit(self.url)
        url = f"{self.url}{'&' if parts.query else '?'}{urlencode({'audience': self.audience})}"
        asked = calls(f"{parts.scheme}://{parts.netloc}", lambda: Pak(self.secret, GITHUB_TOKEN))
        return read(lambda row: str(row["value"]), asked.json("GET", url), "an ID token")


@dataclass(frozen=True)
class GivenJob:
    """
    GitLab, and whoever else can, gives the job its token with its environment.
    """

    secret: str = field(repr=False)

    def token(self, _: MakesCalls) -> str:
        return self.secret


Job = GitHubJob | GivenJob


def job_of(env: Mapping[str, str]) -> Job | None:
    given, url, secret = (env.get(name, "").strip() for name in (GITLAB_TOKEN, GITHUB_URL, GITHUB_TOKEN))
    if given:
        return GivenJob(given)
    if url and secret:
        return GitHubJob(url, secret, env.get("BROKKR_AUDIENCE", "").strip() or AUDIENCE)
    return None


def nothing_given(env: Mapping[str, str]) -> CliError:
    """
    With what to do where this runs.
    """
    keyless: tuple[str, ...] = ()
    if env.get("GITHUB_ACTIONS"):
        keyless = ("or let the job in by its ID token: `permissions: {id-token: write}` in the workflow",)
    elif env.get("GITLAB_CI"):
        keyless = ("or let the job in by its ID token: `id_tokens: {BROKKR_ID_TOKEN: {aud: brokkr}}` in the job",)
    return CliError(
        "no PAK is given",
        "set BROKKR_PAK or BROKKR_PAK_FILE, pipe it in with --pak-stdin, or store it with `brokkr login`",
        *keyless,
        "whoever runs the broker makes one: brokkr-broker create generator --name NAME",
    )


def how_to_trust(token: str, now: Callable[[], float] = time.time) -> tuple[str, ...]:
    """
    What the operator types to have this job let in, as far as the token can be read; nothing helps one that is too old.
    """
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(f"{token.split('.')[1]}==="))
        issuer, subject, audience = (_word(claims[name]) for name in ("iss", "sub", "aud"))
        counts_until = min(claims["exp"], claims["iat"] + LONGEST_LIFE)
    except (ValueError, LookupError, TypeError):
        return ("what the CI gave is no ID token",)
    if counts_until < now():
        return ("the job's ID token is too old, it counts for an hour at most: let what pushes be a job of its own",)
    command = f"brokkr-broker trust generator --uuid ID --issuer {issuer} --subject {subject} --audience {audience}"
    return ("is this job trusted? whoever runs the broker makes it so:", command, "the broker's log says what is wrong")


def _word(value: Any) -> str:
    text = str(value[0] if isinstance(value, list) else value)
    if not text.isprintable():
        raise ValueError(text)
    return shlex.quote(text)
