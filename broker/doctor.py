"""
`brokkr-broker doctor`: whether a deployment is well, and what to do where it is not. First, what runs here.
"""

import platform
import re
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from broker.finding import Finding

DISTRIBUTION = "brokkr-serverless"
PINNED = re.compile(r"(?P<name>[\w.-]+)(\[[\w,]+\])?==(?P<version>[\w.]+)\s*(;.*broker.*)?")


def versions() -> Iterator[Finding]:
    ours = version(DISTRIBUTION)
    others = list(differing(requires(DISTRIBUTION) or []))
    if others:
        todo = "install what it was tested with: make setup"
        yield Finding("here", f"brokkr-broker {ours} with {', '.join(others)}", todo)
    else:
        yield Finding("here", f"brokkr-broker {ours}, Python {platform.python_version()}, libraries as pinned")


def differing(requirements: Iterable[str], installed: Callable[[str], str] = version) -> Iterator[str]:
    """
    The libraries of the broker and of its command line that are not here as they are pinned.
    """
    for pin in filter(None, map(PINNED.fullmatch, requirements)):
        try:
            there = installed(pin["name"])
        except PackageNotFoundError:
            yield f"no {pin['name']}"
        else:
            if there != pin["version"]:
                yield f"{pin['name']} {there} for {pin['version']}"
