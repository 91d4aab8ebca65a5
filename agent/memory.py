"""
What the agent knew when it last ran: who it is, and what every stack should be. With it, it heals drift after a restart
while the broker is away, and knows an answer that is older than one it had.
"""

import json
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path

from agent import files
from agent.broker import DeploymentObject, Identity


class Memory:
    """
    For one agent at one broker; another one's is as good as none.
    """

    def __init__(self, data_dir: Path | None, *, owner: tuple[str, ...]) -> None:
        folder = files.folder(data_dir, "state")
        self._file = folder / "known.json" if folder else None
        self._owner = list(owner)
        self.identity: Identity | None = None
        self.objects: list[DeploymentObject] = []
        self._load()

    def keep_identity(self, identity: Identity) -> None:
        if identity != self.identity:
            self.identity = identity
            self._save()

    def keep_objects(self, objects: Iterable[DeploymentObject]) -> None:
        fresh = sorted(objects, key=attrgetter("stack_id"))
        if fresh != self.objects:
            self.objects = fresh
            self._save()

    def _load(self) -> None:
        try:
            known = json.loads((self._file and files.read(self._file)) or "{}")
            if known.get("owner") == self._owner:
                self.identity = Identity(**known["identity"]) if known.get("identity") else None
                self.objects = [DeploymentObject.of(row) for row in known["objects"]]
        except (ValueError, TypeError, KeyError, AttributeError):
            self.identity, self.objects = None, []

    def _save(self) -> None:
        if self._file:
            identity = vars(self.identity) if self.identity else None
            known = {"owner": self._owner, "identity": identity, "objects": [vars(object) for object in self.objects]}
            files.write(self._file, json.dumps(known))
