"""
`brokkr-broker trust`: which CI's jobs may act as a generator without a PAK.
"""
# ruff: noqa: PLC0415 - the library reads its settings when it is imported, so a command names its store first

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from broker.access import on_a_store, store

if TYPE_CHECKING:
    from chalicelib.domain.trusts import Trust


@click.group()
def trust() -> None:
    """
    Let jobs of a CI in by their ID tokens, as a generator.
    """


@trust.command("generator")
@click.option("--uuid", required=True, type=click.UUID, help="The generator that they act as.")
@click.option("--issuer", required=True, metavar="URL", help="https://token.actions.githubusercontent.com, for GitHub.")
@click.option(
    "--subject",
    required=True,
    help="Whose jobs: repo:ORG/NAME:ref:refs/heads/main. A * stands within a part, between `:` and `/`.",
)
@click.option("--audience", default="brokkr", show_default=True, help="What their tokens must be made for.")
@on_a_store
def trust_generator(uuid: UUID, issuer: str, subject: str, audience: str, **access: Any) -> None:
    """
    Let a generator trust a CI's jobs.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.domain.trusts import InvalidTrust, NewTrust
        from chalicelib.services import trusts

        try:
            made = trusts.add_trust(OPERATOR, uuid, NewTrust(issuer=issuer, subject=subject, audience=audience))
        except InvalidTrust as error:
            raise click.UsageError(str(error)) from error
        click.echo(f"Trusted:\n{said(made)}")


@trust.command("list")
@click.option("--uuid", type=click.UUID, help="Of this generator alone.")
@on_a_store
def list_(uuid: UUID | None, **access: Any) -> None:
    """
    Show who is trusted by which generator.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import trusts

        found = trusts.list_trusts(OPERATOR, uuid)
        click.echo("\n\n".join(map(said, found)) or "No trusts.")


@trust.command("remove")
@click.option("--id", "id_", required=True, type=click.UUID, help="As `trust list` shows it.")
@on_a_store
def remove(id_: UUID, **access: Any) -> None:
    """
    Trust no more. What was lent by it is refused at once.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import trusts

        click.echo(f"Trusted no more:\n{said(trusts.remove_trust(OPERATOR, id_))}")


def said(one: "Trust") -> str:
    return (
        f"ID: {one.id}\nGenerator: {one.generator_id}\nIssuer: {one.issuer}\n"
        f"Subject: {one.subject}\nAudience: {one.audience}"
    )
