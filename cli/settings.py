"""
Where the broker is, and with which PAK: each by flag, environment, file, in this order. What is blank is not set.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from cli.errors import CliError
from cli.paks import Pak

STDIN = "-"
API = "/api/v1"
FILE = Path(".brokkr", "config")


@dataclass(frozen=True, kw_only=True)
class Flags:
    """
    What every command takes, before or after its name.
    """

    broker_url: str | None = None
    pak: str | None = None
    pak_file: str | None = None
    pak_stdin: bool = False
    config: str | None = None
    output: str | None = None

    def over(self, other: Self) -> Self:
        """
        What is given here, and for the rest what is given there.
        """
        return type(self)(**{one.name: getattr(self, one.name) or getattr(other, one.name) for one in fields(self)})

    @property
    def reads_stdin(self) -> bool:
        return self.pak_stdin or STDIN in (self.pak, self.pak_file)


@dataclass(frozen=True)
class Settings:
    """
    `broker_url` has no /api/v1 at its end.
    """

    config: Path
    broker_url: str | None
    pak: Pak | None

    @classmethod
    def of(cls, flags: Flags, env: Mapping[str, str], home: Path, read_stdin: Callable[[], str]) -> Self:
        config = Path(flags.config) if flags.config else home / FILE
        file = _file(config)
        url = first(flags.broker_url, env.get("BROKKR_BROKER_URL"), file.get("broker_url"))
        return cls(config, cleaned(url) if url else None, _pak(flags, env, file, config, read_stdin))

    def required_url(self) -> str:
        if self.broker_url is None:
            raise CliError(
                "no broker is named", "give --broker-url URL, set BROKKR_BROKER_URL, or store it with `brokkr login`"
            )
        return self.broker_url


def first(*values: object) -> str | None:
    """
    The first that is a text and not blank.
    """
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), None)


def cleaned(url: str) -> str:
    url = url.strip().rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise CliError(f"the broker's URL must begin with http:// or https://, and is {url!r}")
    if not _host(url):
        raise CliError(f"the broker's URL names no host: {url!r}")
    return url.removesuffix(API).rstrip("/")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _pak(
    flags: Flags, env: Mapping[str, str], file: Mapping[str, Any], config: Path, read_stdin: Callable[[], str]
) -> Pak | None:
    if flags.reads_stdin:
        return _given(read_stdin(), "the standard input")
    for text, text_source, path in (
        (flags.pak, "--pak", flags.pak_file),
        (env.get("BROKKR_PAK"), "BROKKR_PAK", env.get("BROKKR_PAK_FILE")),
        (file.get("pak"), str(config), None),
    ):
        if secret := first(text):
            return Pak(secret, text_source)
        if given := first(path):
            return _from_file(given)
    return None


def _given(text: str, source: str) -> Pak:
    if not text.strip():
        raise CliError(f"no PAK came from {source}")
    return Pak(text.strip(), source)


def _from_file(path: str) -> Pak:
    try:
        return _given(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"the PAK cannot be read from {path}: {_why(error)}") from error


def _file(path: Path) -> dict[str, Any]:
    """
    Empty where there is none.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CliError(f"{path} cannot be read: {_why(error)}") from error
    except ValueError as error:
        raise CliError(f"{path} is not TOML", "mend it, or remove it and `brokkr login` again") from error


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "not UTF-8"
