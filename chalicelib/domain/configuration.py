"""
What can be set without a deployment.
"""

from collections.abc import Callable

from msgspec import Struct

from chalicelib.settings import settings

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class InvalidSetting(Exception):
    """
    A key that there is none of, or a value that its key does not take.
    """


class Key(Struct, frozen=True):
    """
    `default` is what the deployment says. `read` gives a value as it is kept, or raises InvalidSetting.
    """

    default: str
    read: Callable[[str], str]


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise InvalidSetting(f"log.level: expected one of {', '.join(LOG_LEVELS)}")
    return text.upper()


LOG_LEVEL = "log.level"
KEYS = {LOG_LEVEL: Key(settings.log_level, _log_level)}


def key(name: str) -> Key:
    if name not in KEYS:
        raise InvalidSetting(f"there is no setting {name!r}; there are {', '.join(KEYS)}")
    return KEYS[name]


class Setting(Struct, frozen=True):
    """
    `saved` is what was set, `running` what has been in force since the last reload; None is the default.
    """

    name: str
    saved: str | None
    running: str | None

    @property
    def wanted(self) -> str:
        return self.saved if self.saved is not None else KEYS[self.name].default

    @property
    def in_force(self) -> str:
        return self.running if self.running is not None else KEYS[self.name].default


class Change(Struct, frozen=True):
    key: str
    old_value: str
    new_value: str
