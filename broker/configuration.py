"""
`brokkr-broker config`: what can be set without a deployment.
"""
# ruff: noqa: PLC0415 - the library reads its settings when it is imported, so a command names its store first

from typing import Any

import click

from broker.access import on_a_store, store

AFTERWARDS = "In force after `brokkr-broker config reload`, or POST /api/v1/admin/config/reload."


@click.group()
def config() -> None:
    """
    Settings that change without a deployment.
    """


@config.command("get")
@on_a_store
def get(**access: Any) -> None:
    """
    Show all of them: what is in force, and what will be after a reload.
    """
    with store(access):
        from chalicelib.services import configuration

        for setting in configuration.settings():
            after = "" if setting.wanted == setting.in_force else f" (after a reload: {setting.wanted})"
            click.echo(f"{setting.name} = {setting.in_force}{after}")


@config.command("set")
@click.argument("key")
@click.argument("value")
@on_a_store
def set_(key: str, value: str, **access: Any) -> None:
    """
    Set one, for the next reload.
    """
    save(key, value, access)


@config.command("unset")
@click.argument("key")
@on_a_store
def unset(key: str, **access: Any) -> None:
    """
    Have one as the deployment says, from the next reload on.
    """
    save(key, None, access)


def save(key: str, value: str | None, access: dict[str, Any]) -> None:
    with store(access):
        from chalicelib.domain.configuration import InvalidSetting
        from chalicelib.services import configuration

        try:
            configuration.save(key, value)
        except InvalidSetting as error:
            raise click.UsageError(str(error)) from error
        click.echo(AFTERWARDS)


@config.command("reload")
@on_a_store
def reload(**access: Any) -> None:
    """
    Put in force what was set. Each process of a broker sees it within a minute.
    """
    with store(access):
        from chalicelib.domain.principals import OPERATOR
        from chalicelib.services import configuration

        _, changes = configuration.reload(OPERATOR)
        for change in changes:
            click.echo(f"{change.key}: {change.old_value} -> {change.new_value}")
        if not changes:
            click.echo("No changes detected")
