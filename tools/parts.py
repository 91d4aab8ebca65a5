"""
The real parts of a throwaway installation: a broker on its store, a cluster, an agent. Each is stopped when its block
ends, and ends with us however we end.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.local_store import die_with
from tools.borrowed import ROOT
from tools.kube.build import build
from tools.progress import ToolError

BIN = Path(sys.executable).parent
BROKER = BIN / "brokkr-broker"
AGENT = BIN / "brokkr-agent"
AGENT_NAMESPACE = "brokkr-demo"  # not that of an agent that the named cluster may have
LOOPBACK = "127.0.0.1"
STARTS_WITHIN_SECONDS = 30.0
STOPS_WITHIN_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Broker:
    url: str
    admin_pak: str
    data_dir: Path

    @property
    def env(self) -> dict[str, str]:
        """
        For commands that work with this broker, and with no other that the surroundings may name.
        """
        return {
            **_surroundings(),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "BROKKR_DATA_DIR": str(self.data_dir),
            "BROKKR_URL": self.url,
            "ADMIN_PAK": self.admin_pak,
        }

    def create_agent(self, name: str, cluster_name: str) -> str:
        """
        Its PAK.
        """
        command: list[str | Path] = [BROKER, "create", "agent", "--name", name, "--cluster-name", cluster_name]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(f"no agent could be created: {done.stderr.strip()}")
        return _found(r"^Initial PAK: (\S+)$", done.stdout)


@dataclass(frozen=True, kw_only=True)
class Agent:
    pid: int
    log: Path


@dataclass(frozen=True, kw_only=True)
class Cluster:
    kubeconfig: Path
    program: str
    discovery: Path

    def kubectl(self, *args: str) -> str:
        env = {**_surroundings(), "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": str(self.discovery)}
        done = subprocess.run([self.program, *args], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def running_broker(folder: Path, port: int = 0) -> Iterator[Broker]:
    """
    A new installation, its data and its log in that folder; port 0 is any free one.
    """
    data_dir, log = folder / "data", folder / "broker.log"
    command: list[str | Path] = [BROKER, "serve", "--port", str(port), "--data-dir", data_dir]
    with _running(command, log, _surroundings()) as process:
        said = _await(r"^Listening on (\S+),", log, process)
        pak = _found(r"^Admin PAK .*: (\S+)$", said)
        yield Broker(url=_found(r"^Listening on (\S+),", said), admin_pak=pak, data_dir=data_dir)


@contextmanager
def running_agent(folder: Path, broker: Broker, cluster: Cluster, pak: str, **settings: str) -> Iterator[Agent]:
    """
    The agent DEFAULT of the cluster DEFAULT, polling each second, where no setting says otherwise.
    """
    usual = {
        "BROKER_URL": broker.url,
        "PAK": pak,
        "POLLING_INTERVAL": "1",
        "KUBECONFIG_PATH": str(cluster.kubeconfig),
        "HEALTH_HOST": LOOPBACK,
        "HEALTH_PORT": "0",
        "NAMESPACE": AGENT_NAMESPACE,
        "DATA_DIR": str(folder / "agent"),
    }
    log = folder / "agent.log"
    env = {**_surroundings(), **{f"BROKKR__AGENT__{name}": value for name, value in {**usual, **settings}.items()}}
    with _running([AGENT, "start"], log, env) as process:
        _await("known to the broker", log, process)
        yield Agent(pid=process.pid, log=log)


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """
    The cluster that KUBECONFIG_FOR_DEMO names, else a control plane of our own, built first if need be.
    """
    discovery = folder / "discovery"
    named = named_cluster()
    if named:
        program = shutil.which("kubectl") or str(build() / "kubectl")
        yield Cluster(kubeconfig=named, program=program, discovery=discovery)
        return
    program = str(build() / "kubectl")
    command = [sys.executable, "-m", "tools.kube", "run", str(folder / "kube"), "--until-eof"]
    plane = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, process_group=0
    )
    with plane:
        assert plane.stdout is not None
        kubeconfig = plane.stdout.readline().strip()
        if not kubeconfig:
            raise ToolError("the control plane did not start; it says why above")
        yield Cluster(kubeconfig=Path(kubeconfig), program=program, discovery=discovery)


def named_cluster() -> Path | None:
    """
    The kubeconfig of the user's own choice.
    """
    named = os.environ.get("KUBECONFIG_FOR_DEMO")
    if named and not Path(named).is_file():
        raise ToolError(f"KUBECONFIG_FOR_DEMO names {named}, and no such file is there")
    return Path(named).absolute() if named else None


def is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def _surroundings() -> dict[str, str]:
    """
    The environment without anybody's brokers and accounts, and with no proxy before loopback.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BROKKR_", "AWS_"))}
    dynoxide = {name: value for name, value in os.environ.items() if name == "BROKKR_DYNOXIDE"}
    return {**kept, **dynoxide, "NO_PROXY": f"{LOOPBACK},localhost", "no_proxy": f"{LOOPBACK},localhost"}


@contextmanager
def _running(command: list[str | Path], log: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """
    In a process group of its own, so that a terminal's Ctrl-C reaches the one who stops it in order.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - as the local store does: there is no other way
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(pattern: str, log: Path, process: subprocess.Popen[bytes]) -> str:
    """
    What a program has said, as soon as it has said that.
    """
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not re.search(pattern, said := log.read_text(errors="replace"), re.MULTILINE):
        if process.poll() is not None:
            raise ToolError(f"{log.stem} ended at its start: {' '.join(said.splitlines()[-1:]) or 'it said nothing'}")
        if time.monotonic() > deadline:
            raise ToolError(f"{log.stem} did not start within {STARTS_WITHIN_SECONDS:.0f} s")
        time.sleep(0.05)
    return said


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise ToolError(f"nothing like {pattern!r} was said")
    return found[1]
