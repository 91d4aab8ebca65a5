"""
Settings that change without a deployment: set at the command line, in force after a reload.

What is in force stands in the table, so that processes agree: each looks there again within a minute, and no request
costs a read of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import asdict

from chalicelib import system
from chalicelib.domain import configuration as domain
from chalicelib.domain.configuration import LOG_LEVEL, Change, Setting
from chalicelib.domain.principals import Principal, require_admin
from chalicelib.services import audit
from chalicelib.store import configuration
from chalicelib.store.writes import Together

FRESH = timedelta(minutes=1)


class Current:
    """
    What this process goes by.
    """

    def __init__(self) -> None:
        self._in_force: dict[str, str] = {}
        self._asked_at: datetime | None = None

    @property
    def log_level(self) -> str:
        return self._in_force.get(LOG_LEVEL, domain.KEYS[LOG_LEVEL].default)

    def follow(self, at: datetime) -> None:
        """
        What may have been reloaded elsewhere; asked once a minute, and by the first request.
        """
        if self._asked_at is None or at - self._asked_at >= FRESH:
            self.take({setting.name: setting.in_force for setting in configuration.read()}, at)

    def take(self, in_force: dict[str, str], at: datetime) -> None:
        self._in_force, self._asked_at = in_force, at


current = Current()


def settings() -> list[Setting]:
    return configuration.read(consistent=True)


def save(name: str, value: str | None) -> None:
    """
    For the next reload; None is the default again. Raises InvalidSetting.
    """
    key = domain.key(name)
    configuration.save(name, value if value is None else key.read(value))


def reload(
    caller: Principal, here: Current = current, *, now: system.Now = system.now
) -> tuple[datetime, list[Change]]:
    """
    Put in force what was set: in this process at once, in the others within a minute. When, and what is different now.
    """
    require_admin(caller)
    at, kept = now(), configuration.read(consistent=True)
    changes = list(_changes(kept))
    together = Together()
    configuration.put_in_force(together, kept)
    said = {"changes": [asdict(change) for change in changes]}
    audit.note(together, caller, "config.reloaded", ("config", None), said, at=at)
    together.commit()
    here.take({setting.name: setting.wanted for setting in kept}, at)
    return at, changes


def _changes(kept: Iterable[Setting]) -> Iterable[Change]:
    for setting in kept:
        if setting.wanted != setting.in_force:
            yield Change(setting.name, setting.in_force, setting.wanted)
