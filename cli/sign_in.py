"""
The one door to a token: what requests to the broker are signed with.
"""

from cli.errors import CliError
from cli.paks import Pak


def token(pak: Pak | None) -> Pak:
    if pak is None:
        raise CliError(
            "no PAK is given",
            "set BROKKR_PAK or BROKKR_PAK_FILE, pipe it in with --pak-stdin, or store it with `brokkr login`",
            "whoever runs the broker makes one: brokkr-broker create generator --name NAME",
        )
    return pak
