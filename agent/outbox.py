"""
Reports in the order they were made, until the broker has them.
"""

import json
import logging
from pathlib import Path
from threading import Lock

from agent import files
from agent.broker import Broker, BrokerRefused
from agent.metrics import reports_waiting

log = logging.getLogger("agent")

Event = dict[str, str | None]

FINAL_REFUSALS = frozenset({400, 404, 409, 413, 422})


class Outbox:
    """
    On disk, where there is one, before anything is sent: a crash may send a report twice, which is once for the broker.
    """

    def __init__(self, data_dir: Path | None) -> None:
        folder = files.folder(data_dir, "reports")
        self._file = folder / "waiting.json" if folder else None
        self._lock = Lock()
        self._sending = Lock()
        self._waiting: list[Event] = self._load()

    def add(self, event: Event) -> None:
        with self._lock:
            self._waiting.append(event)
            self._save()

    def send(self, broker: Broker, agent_id: str) -> None:
        """
        Send what waits, one thread at a time; what the broker will never take is said in the log. Raises BrokerError,
        and keeps the rest.
        """
        with self._sending:
            while self._waiting:
                self._send_first(broker, agent_id)

    def _send_first(self, broker: Broker, agent_id: str) -> None:
        try:
            broker.report(agent_id, self._waiting[0])
        except BrokerRefused as error:
            if error.status not in FINAL_REFUSALS:
                raise
            log.warning("a report was refused for good", extra={"fields": {"reason": str(error)}})
        with self._lock:
            self._waiting.pop(0)
            self._save()

    def _load(self) -> list[Event]:
        try:
            waiting = json.loads((self._file and files.read(self._file)) or "[]")
        except ValueError:
            waiting = []
        return waiting if isinstance(waiting, list) else []

    def _save(self) -> None:
        reports_waiting.set(len(self._waiting))
        if self._file:
            files.write(self._file, json.dumps(self._waiting))
