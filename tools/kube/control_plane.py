"""
A control plane on loopback: five processes that live and die with the one that started them.
"""

import base64
import fcntl
import os
import secrets
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from tools.progress import ToolError

LONGEST_SOCKET_PATH = 107
READY_WITHIN = 120.0
LOCK = "kube.lock"
KUBECONFIG = "admin.kubeconfig"


class ControlPlane:
    """
    Its state is in one folder, which it holds locked while it runs and removes when it ends well.
    """

    def __init__(self, kube: Path, home: Path) -> None:
        self.kube = kube
        self.home = home
        self.kubeconfig = home / KUBECONFIG
        self.port = _free_port()
        self.token = secrets.token_hex(16)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.lock = _claim(home)

    def start(self) -> None:
        etcd = f"unix://{self.home}/etcd.sock"
        self._write_secrets()
        self._run("etcd", f"{self.home}/etcd", etcd)
        self._run("apiserver", *self._apiserver_flags(etcd))
        self._await("a certificate", lambda: bool(self._certificate()))
        self._write_kubeconfig()
        self._await_answer("/readyz")
        self._run("controller-manager", *self._controller_manager_flags())
        self._run("scheduler", *self._client_flags())
        self._run("nodes", str(self.kubeconfig))
        self._await_answer("/api/v1/namespaces/default/serviceaccounts/default")
        self._await_answer("/api/v1/nodes/fake-0")

    def watch(self, end: TextIO | None) -> None:
        """
        Returns at the end of the stream `end`; raises when a process ends by itself.
        """
        while not (end and select.select([end], [], [], 0)[0]):
            self._check()
            time.sleep(0.5)

    def stop(self) -> None:
        """
        Nothing is kept, so nobody is asked politely.
        """
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
        self.lock.close()

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()

    def _run(self, name: str, *args: str) -> None:
        """
        In a process group of its own, so that a terminal's Ctrl-C reaches the one who stops it in order.
        """
        with (self.home / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [self.kube, name, *args],
                env={**os.environ, "KUBE_DIES_WITH": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def _await(self, what: str, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not there():
            self._check()
            if time.monotonic() > deadline:
                raise ToolError(f"no {what} within {READY_WITHIN:.0f} s; the logs are in {self.home}")
            time.sleep(0.05)

    def _await_answer(self, path: str) -> None:
        self._await(path, lambda: self._serves(path))

    def _check(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.home / f"{name}.log"
                last = log.read_text(errors="replace").splitlines()[-5:]
                raise ToolError("\n  ".join([f"{name} ended with {process.returncode}; {log} ends with", *last]))

    def _write_secrets(self) -> None:
        _write(self.home / "tokens", f"{self.token},admin,admin,system:masters\n")
        key = subprocess.run(
            ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"],
            check=True,
            capture_output=True,
            text=True,
        )
        _write(self.home / "sa.key", key.stdout)

    def _write_kubeconfig(self) -> None:
        authority = base64.b64encode(self._certificate()).decode()
        _write(
            self.kubeconfig,
            f"""apiVersion: v1
kind: Config
current-context: kube
clusters: [{{name: kube, cluster: {{server: "{self.url}", certificate-authority-data: {authority}}}}}]
users: [{{name: admin, user: {{token: {self.token}}}}}]
contexts: [{{name: kube, context: {{cluster: kube, user: admin}}}}]
""",
        )

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def _certificate(self) -> bytes:
        with suppress(FileNotFoundError):
            return (self.home / "apiserver.crt").read_bytes()
        return b""

    def _serves(self, path: str) -> bool:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.token}"})
        trust = ssl.create_default_context(cafile=str(self.home / "apiserver.crt"))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        try:
            opener.open(request, timeout=5).close()
        except OSError:
            return False
        return True

    def _apiserver_flags(self, etcd: str) -> list[str]:
        return [
            f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            f"--cert-dir={self.home}",
            f"--token-auth-file={self.home}/tokens",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.home}/sa.key",
            f"--service-account-signing-key-file={self.home}/sa.key",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged",
            "--enable-priority-and-fairness=false",
            "--profiling=false",
        ]

    def _controller_manager_flags(self) -> list[str]:
        return [
            *self._client_flags(),
            f"--service-account-private-key-file={self.home}/sa.key",
            f"--root-ca-file={self.home}/apiserver.crt",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            f"--flex-volume-plugin-dir={self.home}/flexvolume",
        ]

    def _client_flags(self) -> list[str]:
        return [f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", "--secure-port=0", "--profiling=false"]


def running(home: Path) -> int | None:
    """
    The process whose control plane runs in that folder: it alone can hold the lock.
    """
    try:
        with (home / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((home / LOCK).read_text() or 0) or None
    return None


def stop(home: Path) -> bool:
    """
    Whether there was one to end. What a killed one left behind is removed too.
    """
    pid = running(home)
    if pid:
        with (home / LOCK).open() as lock, suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            fcntl.flock(lock, fcntl.LOCK_SH)
    elif (home / LOCK).exists():
        shutil.rmtree(home)
    return pid is not None


def _claim(home: Path) -> TextIO:
    if len(os.fsencode(f"{home}/etcd.sock")) > LONGEST_SOCKET_PATH:
        raise ToolError(f"{home} is too long for a Unix socket in it; name a shorter folder")
    if running(home):
        raise ToolError(f"one runs in {home} already; stop it first")
    if home.exists() and any(home.iterdir()) and not (home / LOCK).exists():
        raise ToolError(f"{home} holds something else; name an empty or a new folder")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True)
    lock = (home / LOCK).open("w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    print(os.getpid(), file=lock, flush=True)
    return lock


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write(path: Path, text: str) -> None:
    """
    Readable to its owner alone from the first byte, and never there half-written.
    """
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)


def run(kube: Path, home: Path, *, until_eof: bool) -> None:
    """
    A control plane in the foreground, until SIGTERM, Ctrl-C or, if asked for, the end of standard input.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plane = ControlPlane(kube, home)
    try:
        with suppress(KeyboardInterrupt):
            plane.start()
            print(plane.kubeconfig, flush=True)
            plane.watch(sys.stdin if until_eof else None)
    except ToolError:
        plane.kill()
        raise
    plane.stop()
