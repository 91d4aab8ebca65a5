import click

from cli.answers import Stack, moment
from cli.errors import CliError
from cli.options import for_all
from cli.session import Session
from cli.stacks import get

EXAMPLES = """
\b
Examples:
  brokkr stacks
  for stack in $(brokkr stacks -o name); do brokkr wait "$stack"; done
"""
DELETE_EXAMPLES = """
\b
Examples:
  brokkr delete web
  brokkr delete web --yes
"""


@click.command(epilog=EXAMPLES)
@for_all
def stacks(session: Session) -> None:
    """
    List the stacks that this PAK can see.
    """
    found = session.client.stacks()
    session.screen.answer([_row(one) for one in found], [one.name for one in found])
    rows = [(one.name, moment(one.created_at)[:16], one.id, one.description or "") for one in found]
    if rows:
        session.screen.table(("STACK", "CREATED", "ID", "DESCRIPTION"), rows)
    else:
        session.screen.say("no stacks")


def _row(stack: Stack) -> dict[str, str | None]:
    return {
        "name": stack.name,
        "id": stack.id,
        "generator_id": stack.generator_id,
        "created_at": stack.created_at,
        "description": stack.description,
    }


@click.command(epilog=DELETE_EXAMPLES)
@click.argument("name", metavar="STACK")
@click.option("-y", "--yes", is_flag=True, help="Do not ask for the name again.")
@for_all
def delete(session: Session, *, name: str, yes: bool) -> None:
    """
    Delete a stack and all that it has in clusters.
    """
    stack = get(session.client, name)
    if not yes:
        _confirm(session, name)
    session.client.delete_stack(stack)
    session.screen.say(f'deleted stack "{name}": its agents remove what it had in their clusters')
    session.screen.answer(_row(stack), [stack.name])


def _confirm(session: Session, name: str) -> None:
    if not session.can_ask:
        raise click.UsageError("nobody is here to ask: --yes deletes it without")
    session.screen.note(f'Everything that stack "{name}" has in any cluster will be removed.')
    if session.ask("Type its name to delete it: ") != name:
        raise CliError("nothing was deleted: that is not its name")
