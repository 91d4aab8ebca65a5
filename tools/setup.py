"""
What every make target needs: the programs of the machine, .venv with what is pinned, and the local store.
"""

import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tools import dynoxide, progress, swagger_ui
from tools.borrowed import ROOT
from tools.progress import ToolError, say

PROGRAMS = ("make", "bash", "curl", "jq", "openssl")
INSTALLERS = {"apt-get": "sudo apt-get install -y", "dnf": "sudo dnf install -y", "brew": "brew install"}
VENV = ROOT / ".venv"
STAMP = VENV / "setup.stamp"
DYNOXIDE = VENV / "bin" / "dynoxide"
DYNOXIDE_STAMP = VENV / "dynoxide.stamp"
INSTALLED_FROM = (
    "constraints.txt",
    "requirements.txt",
    "requirements-dev.txt",
    "agent/requirements.txt",
    "broker/requirements.txt",
    "cli/requirements.txt",
    "pyproject.toml",
)


def main() -> int:
    try:
        _check_machine()
        _install_python()
        _install_swagger_ui()
    except ToolError as error:
        say(f"setup: {error}")
        return 1
    _install_dynoxide()
    return 0


def missing(which: Callable[[str], object]) -> list[str]:
    """
    The packages to install: each named like the program it holds, but for Python's own venv.
    """
    packages = [program for program in PROGRAMS if not which(program)]
    if not importlib.util.find_spec("ensurepip"):
        packages.append("python3-venv")
    return packages


def how_to_install(packages: list[str], which: Callable[[str], object]) -> str:
    known = (command for installer, command in INSTALLERS.items() if which(installer))
    command = next(known, "install with your system's package manager:")
    return f"missing on this machine: {', '.join(packages)}. Get it with: {command} {' '.join(packages)}"


def _check_machine() -> None:
    packages = missing(shutil.which)
    if packages:
        raise ToolError(how_to_install(packages, shutil.which))


def _install_python() -> None:
    stamp = f"{ROOT} {_digest()}"
    if _holds(STAMP, stamp):
        return
    if not (VENV / "bin" / "pip").exists():
        say(f"setup: making {VENV} with Python {sys.version.split()[0]}")
        progress.run([sys.executable, "-m", "venv", VENV], ".venv", lambda _: "making it", env=os.environ)
    total = sum("==" in line for line in (ROOT / "constraints.txt").read_text().splitlines())
    say(f"setup: installing {total} Python packages")
    _pip(
        ["-r", "requirements-dev.txt", "-c", "constraints.txt"], lambda lines: f"{_packages(lines)} of {total} packages"
    )
    _pip(["--no-deps", "-e", "."], lambda _: "the project itself")
    STAMP.write_text(stamp)
    say("setup: .venv is ready")


def _pip(what: list[str], describe: progress.Describe) -> None:
    pip = str(VENV / "bin" / "pip")
    progress.run(
        [pip, "install", "--disable-pip-version-check", "--progress-bar", "off", *what],
        "pip",
        describe,
        cwd=ROOT,
        env=os.environ,
    )


def _packages(lines: list[str]) -> int:
    return len({line.split()[1] for line in lines if line.startswith("Collecting ")})


def _install_swagger_ui() -> None:
    if not swagger_ui.is_installed():
        say("setup: fetching Swagger UI")
        swagger_ui.install()


def _install_dynoxide() -> None:
    """
    Without it the broker has its store in memory, so this is no reason to stop.
    """
    if _holds(DYNOXIDE_STAMP, dynoxide.PIN) and DYNOXIDE.exists():
        return
    say("setup: installing dynoxide, the local store")
    try:
        dynoxide.install(DYNOXIDE)
    except ToolError as error:
        say(f"setup: WARNING: no dynoxide, so a local broker will keep nothing when it stops:\n  {error}")
    else:
        DYNOXIDE_STAMP.write_text(dynoxide.PIN)
        say("setup: dynoxide is ready")


def _digest() -> str:
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in INSTALLED_FROM)).hexdigest()


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
