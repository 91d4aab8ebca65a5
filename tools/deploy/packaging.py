"""
The broker as CloudFormation takes it: a template and a zip, in a folder.
"""

import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools import progress
from tools.borrowed import ROOT
from tools.deploy.archive import repack
from tools.progress import ToolError

FILES = ("app.py", "requirements.txt", "template.yaml")
FOLDERS = ("chalicelib", ".chalice")
MEGABYTE = 1_000_000
CODE_AS_PACKAGED = "CodeUri: ./deployment.zip"  # so Chalice writes it for every function
INCOMPLETE = "Could not install dependencies:"  # so says Chalice, and makes the zip without them all the same
ANY_REGION = "us-east-1"  # Chalice asks for one, and takes from it no more than the name of AWS's own services


@dataclass(frozen=True)
class Package:
    folder: Path

    @property
    def template(self) -> Path:
        return self.folder / "sam.yaml"

    @property
    def code(self) -> Path:
        return self.folder / "deployment.zip"

    def __str__(self) -> str:
        size = self.code.stat().st_size / MEGABYTE
        return f"{self.code} ({size:.2f} MB) and {self.template.name} beside it"


def package(stage: str, folder: Path) -> Package:
    """
    For the Lambda runtime of the Python that this runs on. Made from a copy of what belongs in it, so that nothing else
    that lies about can get in, and that no cached package of earlier dependencies is taken.

    Raises ToolError for a stage that there is not, and with Chalice's last words where it fails.
    """
    stages = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    if stage not in stages:
        raise ToolError(f"no stage is called {stage!r}: .chalice/config.json has {', '.join(stages)}")
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place, "source"), Path(place, "made")
        _copy_to(source)
        _run_chalice(stage, source, made)
        folder.mkdir(parents=True, exist_ok=True)
        result = Package(folder)
        shutil.copy2(made / result.template.name, result.template)
        repack(made / result.code.name, result.code)
    return result


def _copy_to(source: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "deployed", "deployments")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in FILES:
        shutil.copy2(ROOT / name, source / name)


def _run_chalice(stage: str, source: Path, made: Path) -> None:
    what: list[str | Path] = ["--stage", stage, "--merge-template", source / "template.yaml", made]
    command = [Path(sys.executable).with_name("chalice"), "--project-dir", source, "package", *what]
    env = {
        "AWS_DEFAULT_REGION": ANY_REGION,
        **{name: value for name, value in os.environ.items() if not name.startswith("BROKKR_")},
        "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    said = progress.run(
        command, "chalice package", lambda lines: lines[-1] if lines else "starting", cwd=source, env=env
    )
    refuse_incomplete(said)


def refuse_incomplete(said: list[str]) -> None:
    """
    Raises ToolError where Chalice has left something out.
    """
    if INCOMPLETE in said:
        missing, _, _ = " ".join(said[said.index(INCOMPLETE) + 1 :]).partition(" You will have")
        raise ToolError(f"there is no wheel for Lambda's machine of {missing}")
