"""
`brokkr-broker`: parse, call a service, print.

The library reads its settings when it is imported, so every command names its store first and imports afterwards.
"""
# ruff: noqa: PLC0415 - see above

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO
from uuid import UUID

import click

from broker.access import on_a_store, store
from broker.configuration import config
from broker.local_store import StoreUnavailable
from broker.stores import Connection, Flags, is_named
from broker.trusts import trust


@click.group()
@click.version_option(package_name="brokkr-serverless", prog_name="brokkr-broker")
def cli() -> None:
    """
    Run a deployment broker, and look after its agents, generators and keys.
    """


cli.add_command(config)
cli.add_command(trust)


@cli.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 opens it to the network."
)
@click.option("--port", default=3000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes, of 8 threads each.")
@on_a_store
def serve(host: str, port: int, workers: int, **access: Any) -> None:
    """
    Answer the API until Ctrl-C. On a new local store, create what `init` creates first.
    """
    from broker.counters import shared_counters
    from broker.server import Server, listen, url_of

    listener = listen(host, port)
    with shared_counters(os.environ), store(access, serving=True) as connection:
        prepare(connection)
        click.echo(f"Listening on {url_of(listener)}, store: {connection.description}")
        size = {"workers": 1, "threads": 1} if connection.in_memory else {"workers": workers, "threads": 8}
        Server(load, listener, keep_store=connection.keep, **size).run()


def prepare(connection: Connection) -> None:
    """
    In a process of its own, because connections to the store must not be shared over a fork; except for a store that
    exists in this process alone.
    """
    if connection.in_memory:
        initialise()
    elif connection.is_ours:
        child = subprocess.run([sys.executable, "-m", "broker", "init"], stderr=subprocess.PIPE, text=True, check=False)
        if child.returncode:
            raise StoreUnavailable(child.stderr.strip().partition("error: ")[2])


def load() -> Callable[..., Any]:
    from app import app
    from broker.gateway import Gateway

    return Gateway(app)


@cli.command()
@on_a_store
def init(**access: Any) -> None:
    """
    Create the table, the admin and the system generator. Done before, it changes nothing.
    """
    with store(access):
        initialise()


@cli.command()
@click.option("--from-table", required=True, metavar="NAME", help="A table of the same store, such as a restored one.")
@on_a_store
def copy(from_table: str, **access: Any) -> None:
    """
    Fill an empty table with the broker that another one holds.
    """
    with store(access):
        from chalicelib.services import installation

        installation.create_table()
        click.echo(f"Copied {installation.copy_from(from_table)} items.")


def initialise() -> None:
    from chalicelib.services import installation

    made = installation.create_table()
    installed = installation.initialise()
    if made:
        click.echo("Table created.")
    if installed.admin_pak is None:
        click.echo(
            "Already initialised: nothing was changed. `brokkr-broker rotate admin` gives a new admin PAK.", err=True
        )
    else:
        click.echo(f"Admin PAK (shown this once): {installed.admin_pak}")


@cli.group()
def create() -> None:
    """
    Create an agent or a generator, with its PAK.
    """


@create.command("agent")
@click.option("--name", required=True)
@click.option("--cluster-name", required=True)
@click.option("--generator-ids", multiple=True, metavar="ID[,ID...]", help="Generators that it registers with.")
@on_a_store
def create_agent(name: str, cluster_name: str, generator_ids: tuple[str, ...], **access: Any) -> None:
    """
    Create an agent, registered with the system generator and those named.
    """
    ids = uuids(generator_ids)
    with store(access):
        from chalicelib.domain.agents import NewAgent
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import agents

        wanted = NewAgent(name=name, cluster_name=cluster_name, generator_ids=ids)
        agent, pak = agents.create_agent(OPERATOR, wanted)
        registered = ", ".join(["system (fleet scope)", *map(str, ids)])
        click.echo(f"Agent created successfully:\nID: {agent.id}\nName: {agent.name}\nCluster: {agent.cluster_name}")
        click.echo(f"Initial PAK: {pak}\nRegistered with: {registered}")


def uuids(values: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(part.strip()) for value in values for part in value.split(",") if part.strip()]
    except ValueError as error:
        raise click.BadParameter("not a UUID", param_hint="--generator-ids") from error


@create.command("generator")
@click.option("--name", required=True)
@click.option("--description")
@on_a_store
def create_generator(name: str, description: str | None, **access: Any) -> None:
    """
    Create a generator.
    """
    with store(access):
        from chalicelib.domain.generators import NewGenerator
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import generators

        generator, pak = generators.create_generator(OPERATOR, NewGenerator(name=name, description=description))
        click.echo(f"Generator created successfully:\nID: {generator.id}\nName: {generator.name}\nInitial PAK: {pak}")


@cli.group()
def rotate() -> None:
    """
    Replace a PAK. The old one is refused at once.
    """


@rotate.command("agent")
@click.option("--uuid", required=True, type=click.UUID)
@on_a_store
def rotate_agent(uuid: UUID, **access: Any) -> None:
    """
    Give an agent a new PAK.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import agents

        rotated, pak = agents.rotate_agent_pak(OPERATOR, uuid)
        agent = rotated.agent
        click.echo(f"Agent PAK rotated successfully:\nID: {agent.id}\nName: {agent.name}\nNew PAK: {pak}")


@rotate.command("generator")
@click.option("--uuid", required=True, type=click.UUID)
@on_a_store
def rotate_generator(uuid: UUID, **access: Any) -> None:
    """
    Give a generator a new PAK.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import generators

        generator, pak = generators.rotate_generator_pak(OPERATOR, uuid)
        click.echo(f"Generator PAK rotated successfully:\nID: {generator.id}\nName: {generator.name}\nNew PAK: {pak}")


@rotate.command("admin")
@on_a_store
def rotate_admin(**access: Any) -> None:
    """
    Give the admin a new PAK.
    """
    with store(access):
        from chalicelib.services import installation

        click.echo(f"Admin PAK rotated successfully:\nNew PAK: {installation.rotate_admin()}")


@cli.command()
@click.option("--url", metavar="BASE_URL", help="Ask this broker too, from outside; without a store, it alone.")
@click.option(
    "--pak-file",
    type=click.File(),
    help="Ask it with the PAK in this file; `-` is the standard input.  [env: BROKKR_PAK, the PAK itself]",
)
@on_a_store
def doctor(url: str | None, pak_file: TextIO | None, **access: Any) -> None:
    """
    Look at a deployment, and say what to do about what is wrong. Changes nothing; ends with 1 where something is.
    """
    from broker.doctor import versions
    from broker.doctor_outside import AddressUnfit, fit, outside
    from broker.finding import show

    pak = pak_file.read().strip() if pak_file else os.environ.get("BROKKR_PAK")
    is_well = show(versions(), sys.stdout)
    if url:
        try:
            is_well &= show(outside(fit(url), pak), sys.stdout)
        except AddressUnfit as error:
            raise click.UsageError(str(error)) from error
    if not url or is_named(Flags(**access), os.environ):
        with store(access):
            from broker.doctor_inside import inside

            is_well &= show(inside(), sys.stdout)
    sys.exit(not is_well)


@cli.command("generate-pak")
def generate_pak() -> None:
    """
    Print a new PAK and its hash, offline. No broker knows it.
    """
    from chalicelib.domain import paks

    pak = paks.generate()
    click.echo(f"PAK: {pak}\nHash: {pak.hash()}")
    click.echo("No broker knows this PAK. `init` mints the admin's, `create` and `rotate` everybody else's.")


def main(arguments: Sequence[str] | None = None) -> None:
    """
    Every failure is one line: a usage error ends with 2, all others with 1.
    """
    try:
        code = cli.main(arguments, prog_name="brokkr-broker", standalone_mode=False)
    except click.ClickException as error:
        fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        fail("interrupted")
    except Exception as error:  # noqa: BLE001 - the operator's door: what an unforeseen error says, without its traceback
        fail(str(error) or type(error).__name__)
    sys.exit(code or 0)


def fail(message: str, code: int = 1) -> None:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
