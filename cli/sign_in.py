"""
The one door to what requests to the broker are signed with: the PAK that is given, else one that is lent to the job.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from cli.answers import read
from cli.errors import Refused, Unreachable
from cli.jobs import Job, MakesCalls, Signer, how_to_trust, job_of, nothing_given
from cli.paks import Pak

LIFE, RENEWED_AFTER, AGAIN_AFTER = 15 * 60.0, 10 * 60.0, 30.0
SOURCE = "sign-in"


def required(pak: Pak | None, env: Mapping[str, str]) -> Pak:
    if pak is None:
        raise nothing_given(env)
    return pak


def signer(pak: Pak | None, env: Mapping[str, str], url: str, calls: MakesCalls, clock: Callable[[], float]) -> Signer:
    job = job_of(env)
    if pak is None and job is not None:
        return Lent(job, url, calls, clock)
    given = required(pak, env)
    return lambda: given


class Lent:
    """
    A PAK for a quarter of an hour, and the next one before that is over. While there is none to be had, the one that
    still counts is used.
    """

    def __init__(self, job: Job, url: str, calls: MakesCalls, clock: Callable[[], float]) -> None:
        self._job, self._url, self._calls, self._clock = job, url, calls, clock
        self._pak: Pak | None = None
        self._renew_at = self._ends_at = 0.0

    def __call__(self) -> Pak:
        now = self._clock()
        if self._pak is not None and now < self._renew_at:
            return self._pak
        try:
            self._pak = self._lend()
            self._renew_at, self._ends_at = now + RENEWED_AFTER, now + LIFE
        except (Refused, Unreachable):
            if self._pak is None or now >= self._ends_at:
                raise
            self._renew_at = now + AGAIN_AFTER
        return self._pak

    def _lend(self) -> Pak:
        token = self._job.token(self._calls)
        try:
            row = self._calls(self._url, None).json("POST", "/auth/oidc", json={"token": token})
        except Refused as refusal:
            refusal.hints = _hints(refusal.status, token)
            raise
        return Pak(read(lambda row: str(row["token"]), row, "a lent PAK"), SOURCE)


def _hints(status: int, token: str) -> tuple[str, ...]:
    if status == HTTPStatus.UNAUTHORIZED:
        return how_to_trust(token)
    if status == HTTPStatus.NOT_FOUND:
        return ("this broker is too old to let jobs in by their ID tokens: set BROKKR_PAK",)
    return ()
