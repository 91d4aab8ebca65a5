"""
ConfigMaps as the API server tells of them, with the moment of each change.
"""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60
SHOWN = 'jsonpath={.type} {.object.metadata.name} {.object.data.text}{"\\n"}'


@dataclass(frozen=True)
class Glimpse:
    at: float
    type: str
    name: str
    text: str


class Sight:
    """
    The value `text` of each ConfigMap in a namespace.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._seen: list[Glimpse] = []
        self._changed = threading.Condition()

    @classmethod
    @contextmanager
    def of(cls, program: str, kubeconfig: Path, namespace: str) -> Iterator["Sight"]:
        what = ["get", "configmaps", "-n", namespace, "--chunk-size=0", "--watch", "--output-watch-events", "-o", SHOWN]
        env = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        with subprocess.Popen([program, *what], env=env, stdout=subprocess.PIPE, text=True) as process:
            sight = cls(process)
            threading.Thread(target=sight._read, daemon=True).start()
            try:
                yield sight
            finally:
                process.terminate()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            type, name, text = line.rstrip("\n").split(" ", 2)
            with self._changed:
                self._seen.append(Glimpse(time.monotonic(), type, name, text))
                self._changed.notify()

    def first(self, wanted: Callable[[Glimpse], bool], what: str) -> float:
        """
        The moment of the first one that is wanted, as soon as there is one. Raises TimeoutError.
        """
        found: list[Glimpse] = []

        def has_come() -> bool:
            found[:] = [one for one in self._seen if wanted(one)][:1]
            return bool(found)

        with self._changed:
            if not self._changed.wait_for(has_come, PATIENCE_SECONDS):
                raise TimeoutError(f"{what} was not seen within {PATIENCE_SECONDS} s")
        return found[0].at

    def text(self, name: str, text: str) -> float:
        return self.first(lambda one: (one.name, one.text) == (name, text), f"{text!r} in {name}")
