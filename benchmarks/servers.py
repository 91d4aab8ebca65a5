"""
The real parts: a store, and a broker that serves.
"""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.client import Answer, Client
from broker import local_store
from tools.borrowed import ROOT

BIN = Path(sys.executable).parent
ADMIN_PAK = re.compile(r"Admin PAK.*: (\S+)")
LISTENING = re.compile(r"Listening on (http://[\w.:\[\]]+)")
PATIENCE_SECONDS = 60


class OverHttp:
    """
    One kept-alive connection.
    """

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_SECONDS)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read())

    def close(self) -> None:
        self._connection.close()


class Broker:
    """
    `brokkr-broker serve` on a data folder, at a new address after each start. It remembers the admin PAK that
    the first start printed.
    """

    def __init__(self, data_dir: Path, table: str = "brokkr", **settings: str) -> None:
        self.data_dir = data_dir
        self._table = table
        self._env = _clean_env() | settings
        self.url = ""
        self.admin_pak = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._carriers: list[OverHttp] = []

    def start(self) -> None:
        command: list[str | Path] = [BIN / "brokkr-broker", "serve", "--port", "0", "--data-dir", self.data_dir]
        command += ["--table", self._table]
        printed = self.data_dir / "broker.out"
        with printed.open("wb") as out, (self.data_dir / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=out, stderr=log)
        self.url = self._await(LISTENING, printed)
        if not self.admin_pak:
            self.admin_pak = self._await(ADMIN_PAK, printed)

    def _await(self, what: re.Pattern[str], printed: Path) -> str:
        assert self._process
        while not (found := what.search(printed.read_text())):
            if self._process.poll() is not None:
                raise RuntimeError(f"the broker did not start: {(self.data_dir / 'broker.log').read_text()[-2000:]}")
            time.sleep(0.02)
        return found[1]

    def command(self, *words: str) -> dict[str, str]:
        """
        What `brokkr-broker` says on the same data folder, line by line.
        """
        command = [BIN / "brokkr-broker", *words, "--data-dir", self.data_dir]
        done = subprocess.run(command, cwd=ROOT, env=self._env, stdout=subprocess.PIPE, text=True, check=True)
        return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)

    def admin(self) -> Client:
        return Client(self._carrier(), self.admin_pak)

    def meet(self, client: Client) -> Client:
        """
        The same caller on a new connection.
        """
        return Client(self._carrier(), client.pak, client.id)

    def _carrier(self) -> OverHttp:
        carrier = OverHttp(self.url)
        self._carriers.append(carrier)
        return carrier

    def kill(self) -> None:
        """
        `kill -9` of everything: the master, its workers, and the store.
        """
        if self._process is None:
            return
        for pid in _family(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    def stop(self) -> None:
        for carrier in self._carriers:
            carrier.close()
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE_SECONDS)


@contextmanager
def a_broker(**settings: str) -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        broker = Broker(Path(folder), **settings)
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()


@contextmanager
def a_store(data_dir: Path) -> Iterator[str]:
    """
    dynoxide on the data in a folder; yields its URL.
    """
    binary = local_store.find_dynoxide(os.environ)
    if binary is None:
        raise RuntimeError("there is no dynoxide: `make setup` installs it")
    store = local_store.open_store(binary, data_dir, serving=True)
    try:
        yield f"http://{local_store.LOOPBACK}:{store.port}"
    finally:
        store.stop()


def _family(pid: int) -> list[int]:
    """
    A process and all its descendants, the youngest first.
    """
    children = Path(f"/proc/{pid}/task/{pid}/children")
    text = children.read_text() if children.exists() else ""
    return [*(one for child in text.split() for one in _family(int(child))), pid]


def _clean_env() -> dict[str, str]:
    """
    Nothing of the user's own store, broker or account.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(("BROKKR", "AWS_"))}
