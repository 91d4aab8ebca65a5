"""
What the audit log hears of PAKs that let nobody in: enough to see, too little to be paid for by whoever is attacked.
"""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from chalicelib import system
from chalicelib.domain.audit import SYSTEM, Entry
from chalicelib.domain.principals import Origin
from chalicelib.store import allowances, audit

API = "/api/v1"
PER_SOURCE = 3
PER_PROCESS = 30
SOURCES = 1024
MAX_PATH = 256
INVALID_PAK = {"reason": "invalid_pak"}


class Allowance:
    """
    How many rows this process may still write in this minute, of one source and of all; and how many refusals of each
    source it has written no row of since the last. Of sources beyond so many, it remembers the number alone.
    """

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._asked: dict[str, int] = {}
        self._left = PER_PROCESS
        self._suppressed: OrderedDict[str, int] = OrderedDict()
        self._of_others = 0

    def take(self, source: str, minute: datetime) -> bool:
        """
        Whether the table may be asked. What is not known to be used up costs a write to ask for, so that is limited.
        """
        if minute != self._minute:
            self._minute, self._asked, self._left = minute, {}, PER_PROCESS
        asked = self._asked.get(source, 0)
        if asked >= PER_SOURCE or self._left <= 0:
            return False
        self._asked[source] = asked + 1
        self._left -= 1
        return True

    def use_up(self, source: str) -> None:
        """
        Other processes have had what was left of it.
        """
        self._asked[source] = PER_SOURCE

    def suppress(self, source: str) -> None:
        self._suppressed[source] = self._suppressed.pop(source, 0) + 1
        while len(self._suppressed) > SOURCES:
            self._of_others += self._suppressed.popitem(last=False)[1]

    def owed(self, source: str) -> dict[str, int]:
        """
        What the next row has to say, and then no other.
        """
        own, others = self._suppressed.pop(source, 0), self._of_others
        self._of_others = 0
        said = {"suppressed": own, "suppressed_of_others": others}
        return {name: count for name, count in said.items() if count}


_here = Allowance()


def note(
    origin: Origin,
    path: str,
    allowance: Allowance = _here,
    *,
    why: Mapping[str, str] = INVALID_PAK,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> None:
    """
    A row for the first few refusals of a source in a minute; the others are counted, and the next row says how many.
    """
    source, at = origin.address or "unknown", now()
    minute = at.replace(second=0, microsecond=0)
    if not allowance.take(source, minute):
        allowance.suppress(source)
        return
    if not allowances.take("auth.failed", source, minute, most=PER_SOURCE):
        allowance.use_up(source)
        allowance.suppress(source)
        return
    entry = Entry(
        id=new_id(),
        timestamp=at,
        actor_type=SYSTEM,
        actor_id=None,
        action="auth.failed",
        resource_type=SYSTEM,
        resource_id=None,
        details={**why, "path": path.removeprefix(API)[:MAX_PATH], **allowance.owed(source)},
        ip_address=origin.address,
        user_agent=origin.user_agent,
    )
    audit.try_to_add(entry)
