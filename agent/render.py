"""
`brokkr-agent render`: what the agent reads in a text, shown without a broker and without a cluster.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, TextIO

from agent.manifests import ManifestError, encoded
from agent.reading import parse

STDIN = "-"


def render(files: Iterable[str], stdin: BinaryIO, stdout: BinaryIO, stderr: TextIO) -> int:
    """
    Each object on a line, as it is sent before it is stamped. A file with a fault prints none, and makes the answer 1.
    """
    code = 0
    for file in files:
        try:
            stdout.writelines(encoded(manifest.body) + b"\n" for manifest in parse(_text(file, stdin)))
        except ManifestError as error:
            code = 1
            stderr.writelines(f"{file}: {fault}\n" for fault in str(error).splitlines())
    return code


def _text(file: str, stdin: BinaryIO) -> str:
    try:
        data = stdin.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise ManifestError(error.strerror) from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestError(f"line {line}: not UTF-8") from error
