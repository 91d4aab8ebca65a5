"""
What is pushed: files, directories, the standard input, and what kustomize makes of a directory, as one text.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cli import kustomize
from cli.errors import CliError

STDIN = "-"
ENDINGS = frozenset({".yaml", ".yml"})


@dataclass(frozen=True)
class Bundle:
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(paths: Iterable[str], read_stdin: Callable[[], str], *, recursive: bool = False) -> Bundle:
    """
    Each text right-trimmed and checked, in the order of the paths. One may be empty, but not all.
    """
    from cli import manifests  # noqa: PLC0415 - most commands read no YAML

    parts = [part for path in paths for part in _sources(path, read_stdin, recursive=recursive)]
    objects = sum(manifests.check(text, source) for source, text in parts)
    if not objects:
        raise CliError(f"no Kubernetes object in {', '.join(source for source, _ in parts)}")
    return Bundle("\n---\n".join(text.rstrip() for _, text in parts) + "\n")


def _sources(path: str, read_stdin: Callable[[], str], *, recursive: bool) -> Iterator[tuple[str, str]]:
    if path == STDIN:
        yield "the standard input", read_stdin()
    elif kustomize.is_one(Path(path)):
        yield f"kustomization {path}", kustomize.build(Path(path))
    else:
        for file in _files(Path(path), recursive=recursive):
            yield str(file), _text(file)


def _files(path: Path, *, recursive: bool) -> list[Path]:
    if not path.exists():
        raise CliError(f"{path} is not there")
    if not path.is_dir():
        return [path]
    inside = path.rglob("*") if recursive else path.iterdir()
    files = sorted(file for file in inside if file.suffix in ENDINGS and file.is_file())
    if not files:
        hint = "subdirectories are read with -R" if any(one.is_dir() for one in path.iterdir()) else "name a file"
        raise CliError(f"no *.yaml or *.yml in {path}", hint)
    return files


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise CliError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CliError(f"{file} is not UTF-8") from error
