"""
What is kept on disk for the next command: for the owner's eyes alone, and whole or not at all.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cli.errors import CliError


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """
    A new file of mode 0600 that takes the place of `path` at the end, if all went well.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise CliError(f"{path} cannot be written: {error.strerror}") from error
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def config_text(broker_url: str, secret: str) -> str:
    """
    TOML's strings are JSON's.
    """
    return f"broker_url = {json.dumps(broker_url)}\npak = {json.dumps(secret)}\n"
