"""
Directories that kustomize builds.
"""

import shutil
import subprocess
from pathlib import Path

from cli.errors import CliError

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
PROGRAMS = (("kubectl", "kustomize"), ("kustomize", "build"))


def is_one(path: Path) -> bool:
    return path.is_dir() and any((path / name).is_file() for name in NAMES)


def build(path: Path) -> str:
    """
    With whichever program is there.
    """
    command = next((program for program in PROGRAMS if shutil.which(program[0])), None)
    if command is None:
        raise CliError(
            f"{path} is a kustomization, and neither kubectl nor kustomize is here to build it",
            "install one of them, or build it elsewhere and give the result: -f -",
        )
    done = subprocess.run([*command, str(path)], capture_output=True, check=False)  # noqa: S603 - no shell, and found by which
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise CliError(f"`{' '.join(command)} {path}` failed: {said}")
    return done.stdout.decode()
