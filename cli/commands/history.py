from typing import Any

import click

from cli.answers import Revision, moment
from cli.errors import CliError
from cli.options import for_all
from cli.session import Session
from cli.stacks import get

EXAMPLES = """
\b
Examples:
  brokkr history web
  brokkr history web --output json
"""
SHOW_EXAMPLES = """
\b
Examples:
  brokkr show web > web.yaml
  brokkr show web --revision 7
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="STACK")
@for_all
def history(session: Session, name: str) -> None:
    """
    List a stack's revisions, the newest first.
    """
    stack = get(session.client, name)
    found = session.client.revisions(stack)
    session.screen.answer([_row(one) for one in found], [str(one.sequence_id) for one in found])
    if found:
        session.screen.table(("REVISION", "PUSHED", "WHAT", "CHECKSUM", "ID"), [_cells(one) for one in found])
    else:
        session.screen.say(f'stack "{name}" has no revisions')


@click.command(epilog=SHOW_EXAMPLES)
@click.argument("name", metavar="STACK")
@click.option("--revision", "sequence_id", metavar="N", type=int, help="Which revision.  [default: the newest]")
@for_all
def show(session: Session, name: str, sequence_id: int | None) -> None:
    """
    Print a revision's text as it was pushed, Secrets and all.
    """
    stack = get(session.client, name)
    found = session.client.revisions(stack)
    wanted = next((one for one in found if sequence_id in (None, one.sequence_id)), None)
    if wanted is None:
        which = "no revisions" if sequence_id is None else f"no revision {sequence_id}"
        raise CliError(f'stack "{name}" has {which}', f"`brokkr history {name}` lists them")
    text = session.client.text_of(wanted)
    session.screen.text(text)
    session.screen.answer({**_row(wanted), "yaml_content": text}, [str(wanted.sequence_id)])


def _row(revision: Revision) -> dict[str, Any]:
    return {
        "sequence_id": revision.sequence_id,
        "id": revision.id,
        "submitted_at": revision.submitted_at,
        "yaml_checksum": revision.yaml_checksum,
        "is_deletion_marker": revision.is_deletion_marker,
    }


def _cells(revision: Revision) -> tuple[str, ...]:
    what = "deletion marker" if revision.is_deletion_marker else "push"
    return str(revision.sequence_id), moment(revision.submitted_at)[:19], what, revision.yaml_checksum[:12], revision.id
