"""
Settings that are kept in the table: as they were set, and as they are in force.
"""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.configuration import KEYS, Setting
from chalicelib.store.reads import partition
from chalicelib.store.table import Item
from chalicelib.store.writes import Together

PK = "SETTINGS"
SAVED, RUNNING = "SAVED", "RUNNING"


class SettingItem(Item, discriminator="setting"):
    """
    pk SETTINGS, sk SAVED#<key> or RUNNING#<key>.
    """

    value = UnicodeAttribute()


def read(*, consistent: bool = False) -> list[Setting]:
    """
    All that this version knows, set or not.
    """
    items = partition(PK, consistent=consistent)
    kept = {str(item.sk): item.value for item in items if isinstance(item, SettingItem)}
    return [Setting(name, kept.get(f"{SAVED}#{name}"), kept.get(f"{RUNNING}#{name}")) for name in KEYS]


def save(name: str, value: str | None) -> None:
    together = Together()
    _write(together, f"{SAVED}#{name}", value)
    together.commit()


def put_in_force(together: Together, settings: Iterable[Setting]) -> None:
    for setting in settings:
        _write(together, f"{RUNNING}#{setting.name}", setting.saved)


def _write(together: Together, sk: str, value: str | None) -> None:
    if value is None:
        together.remove(SettingItem(PK, sk))
    else:
        together.put(SettingItem(PK, sk, value=value))
