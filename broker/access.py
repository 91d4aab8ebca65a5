"""
Flags that name a store, and the store while a command runs on it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from broker.stores import Connection, Contradiction, Flags, choose, connected, name_table

ACCESS_FLAGS = [
    click.option("--table", help="Name of the table.  [env: BROKKR_TABLE; default: brokkr]"),
    click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Use the local store in this folder.  [env: BROKKR_DATA_DIR; default: ~/.local/share/brokkr]",
    ),
    click.option(
        "--dynamodb-endpoint", metavar="URL", help="Use this DynamoDB emulator.  [env: BROKKR_DYNAMODB_ENDPOINT]"
    ),
    click.option("--region", help="Use DynamoDB in this region of AWS.  [env: AWS_REGION]"),
    click.option("--profile", help="Use DynamoDB in AWS with this profile.  [env: AWS_PROFILE]"),
]


def on_a_store(command: Callable[..., None]) -> Callable[..., None]:
    for flag in reversed(ACCESS_FLAGS):
        command = flag(command)
    return command


@contextmanager
def store(access: dict[str, Any], *, serving: bool = False) -> Iterator[Connection]:
    flags = Flags(**access)
    try:
        choice = choose(flags, os.environ)
    except Contradiction as error:
        raise click.UsageError(str(error)) from error
    name_table(flags, os.environ)
    with connected(choice, os.environ, serving=serving) as connection:
        if not serving:
            click.echo(f"Store: {connection.description}", err=True)
        yield connection
