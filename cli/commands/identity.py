from pathlib import Path

import click

from cli import sign_in
from cli.answers import Identity
from cli.client import Client
from cli.errors import CliError
from cli.options import for_all
from cli.paks import Pak
from cli.session import Session
from cli.settings import Settings, cleaned, first
from cli.stored import config_text, replacing

WHOAMI_EXAMPLES = """
\b
Examples:
  brokkr whoami
  brokkr whoami --pak-stdin < pak.txt
"""
EXAMPLES = """
\b
Examples:
  brokkr login
  brokkr login --broker-url https://broker.example/prod --pak-stdin < pak.txt
"""
ROTATE_EXAMPLES = """
\b
Examples:
  brokkr pak rotate
  brokkr pak rotate --to new-pak && gh secret set BROKKR_PAK < new-pak
"""


@click.command(epilog=WHOAMI_EXAMPLES)
@for_all
def whoami(session: Session) -> None:
    """
    Say whose PAK this is, and which broker answers.
    """
    me = session.client.whoami()
    who, name = describe(session.client, me), session.settings.required_url()
    session.screen.say(f"{who} at {name}" + (f" (broker {me.version})" if me.version else ""))
    row = {"admin": me.admin, "generator": me.generator, "agent": me.agent, "broker_url": name, "version": me.version}
    session.screen.answer(row, [me.generator or me.agent or "admin"])


def describe(client: Client, me: Identity) -> str:
    if me.generator:
        return f'generator "{client.generator_name(me.generator)}" ({me.generator})'
    return f"agent {me.agent}" if me.agent else "the admin"


@click.command(epilog=EXAMPLES)
@for_all
def login(session: Session) -> None:
    """
    Keep the broker's URL and the PAK for later.

    In ~/.brokkr/config, once the broker has said that it knows the PAK. The file is for your eyes
    alone. What is not given is asked for on a terminal.
    """
    settings = _given(session)
    url, pak = settings.required_url(), sign_in.required(settings.pak, session.env)
    client = session.client_of(settings)
    who = describe(client, client.whoami())
    with replacing(settings.config) as file:
        file.write(config_text(url, pak.secret))
    session.screen.say(f"logged in at {url} as {who}; kept in {settings.config}")
    session.screen.answer({"broker_url": url, "config": str(settings.config)}, [str(settings.config)])


def _given(session: Session) -> Settings:
    """
    What flags and environment say; what the file has is to be replaced, and only offered.
    """
    settings = session.settings
    pak = None if settings.pak and settings.pak.source == str(settings.config) else settings.pak
    given = first(session.flags.broker_url, session.env.get("BROKKR_BROKER_URL"))
    if session.can_ask and not session.flags.reads_stdin:
        offered = f" [{settings.broker_url}]" if settings.broker_url else ""
        given = given or first(session.ask(f"Broker URL{offered}: ")) or settings.broker_url
        pak = pak or Pak(session.ask_hidden("PAK (not shown): "), "the terminal")
    return Settings(settings.config, cleaned(given) if given else settings.broker_url, pak)


@click.group()
def pak() -> None:
    """
    Look after the PAK.
    """


@pak.command(epilog=ROTATE_EXAMPLES)
@click.option("--to", "path", metavar="FILE", help="Where the new PAK goes.  [default: the file that has the old one]")
@for_all
def rotate(session: Session, path: str | None) -> None:
    """
    Replace the generator's PAK. The old one is refused from then on; the new one is written to a file, never shown.
    """
    me = session.client.whoami()
    if me.generator is None:
        raise CliError(
            "this rotates a generator's PAK", "whoever runs the broker rotates others: brokkr-broker rotate --help"
        )
    place = Path(path) if path else _home_of(session)
    url = session.settings.required_url()
    with replacing(place) as file:
        secret = session.client.rotate_pak(me.generator)
        file.write(f"{secret}\n" if path else config_text(url, secret))
    session.screen.say(f"rotated the PAK of generator {me.generator}; the new one is in {place}")
    session.screen.answer({"generator": me.generator, "file": str(place)}, [str(place)])


def _home_of(session: Session) -> Path:
    """
    The configuration, if the PAK came from there: elsewhere the old one would stay in use.
    """
    config, pak = session.settings.config, session.settings.pak
    if pak and pak.source == str(config):
        return config
    source = pak.source if pak else "elsewhere"
    raise CliError(f"the PAK came from {source}, and cannot be replaced there", "say where the new one goes: --to FILE")
