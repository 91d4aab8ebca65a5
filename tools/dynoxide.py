"""
The local store, dynoxide (DynamoDB on SQLite, one static binary), from npm, or else built with cargo.
"""

import os
import platform
import shutil
import tarfile
from pathlib import Path

from tools import borrowed, npm, progress
from tools.progress import ToolError

NPM_VERSION = "1.2.1"
NPM_SHA512 = {  # by platform package, from the registry's metadata (`npm view … dist.integrity`)
    "linux-x64": "sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
}
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
    archive = npm.fetch(f"@dynoxide/{platform_name}", NPM_VERSION, NPM_SHA512[platform_name], home)
    with tarfile.open(archive) as package:
        package.extract("package/dynoxide", home)
    (home / "package" / "dynoxide").chmod(0o755)
    return home / "package" / "dynoxide"


def _from_cargo() -> Path:
    cargo = shutil.which("cargo")
    if not cargo:
        raise ToolError("cargo: not on PATH (https://rustup.rs has it)")
    home = CACHE / f"cargo-{CARGO_VERSION}"
    install: list[str | Path] = ["install", "dynoxide-rs", "--version", CARGO_VERSION, "--locked", "--root", home]
    progress.run([cargo, *install], "dynoxide: cargo", lambda lines: lines[-1] if lines else "fetching", env=os.environ)
    return home / "bin" / "dynoxide"
