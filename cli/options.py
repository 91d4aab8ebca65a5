"""
What commands take: the flags of all of them, and those that several share.
"""

import functools
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

import click

from cli import durations
from cli.screen import FORMATS
from cli.session import Session
from cli.settings import Flags

DEFAULT_TIMEOUT = "5m"
Command = Callable[..., Any]

GLOBAL = (
    click.option("--broker-url", metavar="URL", help="Where the broker is.  [env: BROKKR_BROKER_URL]"),
    click.option(
        "--pak",
        metavar="PAK",
        help="The generator's PAK; - reads it from stdin. As a flag it is seen by all users of this machine: "
        "better the environment, a file or stdin.  [env: BROKKR_PAK]",
    ),
    click.option("--pak-file", metavar="FILE", help="A file that holds the PAK.  [env: BROKKR_PAK_FILE]"),
    click.option("--pak-stdin", is_flag=True, help="Read the PAK from stdin."),
    click.option("--config", metavar="FILE", help="Settings in TOML.  [default: ~/.brokkr/config]"),
    click.option("-o", "--output", type=click.Choice(FORMATS), help="Answer for programs instead of people."),
)


def for_all(command: Command) -> Command:
    """
    Before the command's name or after it; what stands after it counts more.
    """

    @functools.wraps(command)
    @click.pass_obj
    def run(session: Session, /, **given: Any) -> Any:
        session.use(Flags(**{one.name: given.pop(one.name) for one in fields(Flags)}))
        return command(session, **given)

    for option in reversed(GLOBAL):
        run = option(run)
    return run


class Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            return durations.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = Duration()

FILES = click.option(
    "-f",
    "--filename",
    "paths",
    metavar="PATH",
    required=True,
    multiple=True,
    help="A file, a directory's *.yaml and *.yml, a kustomization, or - for stdin. Repeatable.",
)
RECURSIVE = click.option("-R", "--recursive", is_flag=True, help="Directories within directories, too.")
WAIT = click.option(
    "--wait",
    "timeout",
    metavar="[=5m]",
    is_flag=False,
    flag_value=DEFAULT_TIMEOUT,
    type=DURATION,
    help="Wait until it is live, for so long.",
)
