"""
A PAK, as something that cannot be printed by mistake.
"""

import re
from dataclasses import dataclass, field

from cli.errors import CliError

HIDDEN = "***"
LOOKS_LIKE_ONE = re.compile(
    r"\b[A-Za-z0-9]+_BR[A-Za-z0-9]{3,}_[A-Za-z0-9]{8,}\b"  # a PAK
    r"|\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]*"  # an ID token
)


@dataclass(frozen=True)
class Pak:
    """
    `source` says where it was given, for messages.
    """

    secret: str = field(repr=False)
    source: str

    def __post_init__(self) -> None:
        """
        What no header can hold would be shown by the error of whoever tries.
        """
        if not (self.secret.isascii() and self.secret.isprintable()) or " " in self.secret:
            raise CliError(f"the PAK from {self.source} holds a blank, a line break or another character that none has")

    def __str__(self) -> str:
        return HIDDEN


def redacted(text: str, pak: Pak | None) -> str:
    """
    Without that PAK, and without anything that looks like one: it may have been typed in the wrong place.
    """
    return LOOKS_LIKE_ONE.sub(HIDDEN, text.replace(pak.secret, HIDDEN) if pak else text)
