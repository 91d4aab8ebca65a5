"""
Manifests by deployment object: what is immutable is fetched once, and kept on disk for as long as it is wanted.
"""

from collections.abc import Collection
from pathlib import Path

from agent import files
from agent.broker import Broker, DeploymentObject, checksum


class Texts:
    def __init__(self, data_dir: Path | None) -> None:
        self._folder = files.folder(data_dir, "objects")

    def of(self, object: DeploymentObject, broker: Broker) -> str:
        """
        Raises BrokerError.
        """
        text = self.find(object)
        if text is None:
            text = broker.text_of(object)
            if self._folder:
                files.write(self._folder / object.id, text)
        return text

    def find(self, object: DeploymentObject) -> str | None:
        """
        From disk alone. A torn or altered file is as good as none.
        """
        text = files.read(self._folder / object.id) if self._folder else None
        return text if text is not None and checksum(text) == object.yaml_checksum else None

    def keep_only(self, ids: Collection[str]) -> None:
        for file in self._folder.iterdir() if self._folder else ():
            if file.name not in ids:
                files.remove(file)
