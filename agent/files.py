"""
Files that are whole or not there, also when the process dies. A disk that is full or away costs what it would have
remembered, and nothing else.
"""

import logging
from pathlib import Path

log = logging.getLogger("agent")


def folder(under: Path | None, name: str) -> Path | None:
    """
    Made if need be, for us alone: manifests hold secrets. None where there is no disk.
    """
    if under is None:
        return None
    under.mkdir(parents=True, exist_ok=True)
    (under / name).mkdir(mode=0o700, exist_ok=True)
    return under / name


def write(file: Path, text: str) -> None:
    fresh = file.with_name(f"{file.name}.new")
    try:
        fresh.write_bytes(text.encode())
        fresh.replace(file)
    except OSError as error:
        log.warning("cannot write to disk", extra={"fields": {"file": str(file), "reason": str(error)}})


def read(file: Path) -> str | None:
    """
    None where there is nothing that can be read.
    """
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("cannot write to disk", extra={"fields": {"file": str(file), "reason": str(error)}})
