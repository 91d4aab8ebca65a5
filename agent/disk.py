"""
What the agent keeps on disk, when it has one: texts it fetched and reports it could not send.
"""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from agent.broker import Broker, BrokerRefused, DeploymentObject, checksum

FINAL_REFUSALS = frozenset({400, 404, 409, 413, 422})


class Texts:
    """
    Manifests by deployment object; what is immutable is fetched once.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = _made(folder, "objects")
        self._held: dict[str, str] = {}

    def of(self, object: DeploymentObject, broker: Broker) -> str:
        text = self._held.get(object.id) or self._on_disk(object)
        if text is None:
            text = broker.text_of(object)
            if self._folder:
                _replace(self._folder / object.id, text)
        self._held[object.id] = text
        return text

    def keep_only(self, ids: Collection[str]) -> None:
        self._held = {id: text for id, text in self._held.items() if id in ids}
        for file in self._folder.iterdir() if self._folder else ():
            if file.name not in ids:
                file.unlink()

    def _on_disk(self, object: DeploymentObject) -> str | None:
        """
        A torn or altered file is as good as none.
        """
        if not self._folder:
            return None
        try:
            text = (self._folder / object.id).read_bytes().decode()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return text if checksum(text) == object.yaml_checksum else None


class Outbox:
    """
    Reports in the order they were made, until the broker has them.
    """

    def __init__(self, folder: Path | None) -> None:
        folder = _made(folder, "reports")
        self._file = folder / "waiting.json" if folder else None
        self._waiting: list[dict[str, Any]] = self._load()

    def add(self, event: dict[str, Any]) -> None:
        self._waiting.append(event)
        self._save()

    def send(self, broker: Broker, agent_id: str) -> list[str]:
        """
        Send what waits, and say what the broker will never take. Raises BrokerError, and keeps the rest.
        """
        refused = []
        while self._waiting:
            try:
                broker.report(agent_id, self._waiting[0])
            except BrokerRefused as error:
                if error.status not in FINAL_REFUSALS:
                    raise
                refused.append(str(error))
            self._waiting.pop(0)
            self._save()
        return refused

    def _load(self) -> list[dict[str, Any]]:
        if not self._file or not self._file.exists():
            return []
        return list(json.loads(self._file.read_text(encoding="utf-8")))

    def _save(self) -> None:
        if self._file:
            _replace(self._file, json.dumps(self._waiting))


def _made(folder: Path | None, name: str) -> Path | None:
    if folder is None:
        return None
    (folder / name).mkdir(parents=True, exist_ok=True)
    return folder / name


def _replace(file: Path, text: str) -> None:
    """
    Whole or not at all, also when the process dies.
    """
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_bytes(text.encode())
    fresh.replace(file)
