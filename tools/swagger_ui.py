"""
Swagger UI, from npm: the two files of it that the broker serves, and its licence.
"""

import tarfile
from pathlib import Path

from tools import borrowed, npm

PACKAGE = "swagger-ui-dist"
VERSION = "5.35.0"
SHA512 = "U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ=="
PIN = f"{PACKAGE} {VERSION}"
FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "LICENSE")
FOLDER = borrowed.ROOT / "chalicelib" / "swagger_ui"
STAMP = FOLDER / "version.txt"


def is_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == PIN


def install(folder: Path = FOLDER) -> None:
    """
    Raises ToolError where npm cannot be had, or has something else.
    """
    archive = npm.fetch(PACKAGE, VERSION, SHA512, borrowed.FOLDER / PACKAGE)
    folder.mkdir(exist_ok=True)
    with tarfile.open(archive) as package:
        for name in FILES:
            found = package.extractfile(f"package/{name}")
            assert found is not None
            (folder / name).write_bytes(found.read())
    (folder / STAMP.name).write_text(PIN)
