"""
The store of one machine: dynoxide, DynamoDB on SQLite, as a child of the program that needs it.

A data folder has one dynoxide at a time, and a lock file that says so: the child inherits the lock, so it is held for
exactly as long as a dynoxide has the data. `serve` writes into that file where its store listens; every other command
then uses that one, and otherwise starts its own for as long as it runs.
"""

import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
STARTS_WITHIN_SECONDS = 20
STOPS_WITHIN_SECONDS = 2


class StoreUnavailable(Exception):
    """
    The local store does not start, or somebody else has its data.
    """


def find_dynoxide(env: Mapping[str, str]) -> Path | None:
    """
    The binary that BROKKR_DYNOXIDE names, else the one beside this Python, else the one on the PATH.
    """
    if named := env.get("BROKKR_DYNOXIDE"):
        return Path(named)
    beside = Path(sys.executable).with_name("dynoxide")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("dynoxide", path=env.get("PATH"))
    return Path(found) if found else None


@dataclass(frozen=True)
class Record:
    """
    What `serve` leaves in the lock file.
    """

    port: int
    store_pid: int
    broker_pid: int

    @classmethod
    def read(cls, path: Path) -> Self | None:
        text = path.read_text()
        return cls(**json.loads(text)) if text else None


@dataclass(frozen=True)
class GuestStore:
    """
    The store of a broker that is running.
    """

    port: int

    def keep(self) -> None:
        """
        It is its owner's to keep.
        """

    def stop(self) -> None:
        """
        And to stop.
        """


class OwnStore:
    """
    A dynoxide of our own, on a port that it keeps when it has to be started again.
    """

    def __init__(self, binary: Path, data_dir: Path, *, shared: bool) -> None:
        self.binary = binary
        self.data_dir = data_dir
        self.shared = shared
        self.port = free_port()
        self.owner = os.getpid()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, lock: int) -> None:
        """
        Start, and give the lock away to the child. Only from the main thread: on Linux a child is bound to the life of
        the thread that started it.
        """
        try:
            os.ftruncate(lock, 0)
            self.process = self.spawn(lock)
            self.await_ready(self.process)
            if self.shared:
                record = Record(port=self.port, store_pid=self.process.pid, broker_pid=self.owner)
                os.pwrite(lock, json.dumps(asdict(record)).encode(), 0)
        finally:
            os.close(lock)

    def spawn(self, lock: int) -> subprocess.Popen[bytes]:
        command = [str(self.binary), "serve", "--host", LOOPBACK, "--port", str(self.port)]
        command += ["--db-path", str(self.data_dir / "brokkr.db")]
        try:
            with self.log.open("wb") as log:
                return subprocess.Popen(  # noqa: S603 - the command is ours
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[lock],
                    start_new_session=True,  # out of Ctrl-C's reach: requests in flight still need it
                    preexec_fn=die_with(self.owner),  # noqa: PLW1509 - no threads yet, and there is no other way
                )
        except OSError as error:
            raise StoreUnavailable(f"{self.binary} does not run: {error.strerror}") from error

    def await_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while not listens(self.port):
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise StoreUnavailable(f"dynoxide did not start, its last words are in {self.log}")
            time.sleep(0.01)

    @property
    def log(self) -> Path:
        return self.data_dir / "dynoxide.log"

    def keep(self) -> None:
        """
        Start it again if it has ended.
        """
        if self.process and self.process.poll() is not None:
            self.start(wait_for_lock(self.data_dir))

    def stop(self) -> None:
        """
        A forked worker leaves through the same `finally` as its master, so only the owner may. What was acknowledged is
        on disk: a dynoxide that waits for idle connections need not be waited for.
        """
        if self.process is None or os.getpid() != self.owner:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


Store = OwnStore | GuestStore


def open_store(binary: Path, data_dir: Path, *, serving: bool, patience: float = 10) -> Store:
    """
    The store in this folder: our own if nobody has it, else that of the broker that serves it. Raises StoreUnavailable
    when `serve` finds another `serve`, or when a command has it for longer than commands take.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    while (lock := take_lock(data_dir)) is None:
        record = Record.read(lock_path(data_dir))
        if record and listens(record.port):
            if not is_alive(record.broker_pid):
                os.kill(record.store_pid, signal.SIGTERM)
            elif serving:
                raise StoreUnavailable(f"a broker (process {record.broker_pid}) is already serving {data_dir}")
            else:
                return GuestStore(record.port)
        if time.monotonic() > deadline:
            raise StoreUnavailable(f"{data_dir} is in use")
        time.sleep(0.05)
    store = OwnStore(binary, data_dir, shared=serving)
    store.start(lock)
    return store


def lock_path(data_dir: Path) -> Path:
    return data_dir / "brokkr.lock"


def take_lock(data_dir: Path) -> int | None:
    lock = os.open(lock_path(data_dir), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def wait_for_lock(data_dir: Path, *, patience: float = 10) -> int:
    deadline = time.monotonic() + patience
    while (lock := take_lock(data_dir)) is None:
        if time.monotonic() > deadline:
            raise StoreUnavailable(f"{data_dir} is in use")
        time.sleep(0.05)
    return lock


def die_with(parent: int) -> Callable[[], None] | None:
    """
    What a child does first, so that it ends with its parent, also when that is killed. Where the kernel cannot do
    that, the next `serve` finds the orphan by its record and stops it.
    """
    if LIBC is None:
        return None
    prctl = LIBC.prctl

    def bind_to_parent() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return bind_to_parent


def free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
