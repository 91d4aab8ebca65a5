from collections.abc import Sequence
from datetime import timedelta

import click

from cli.answers import Revision, Stack
from cli.bundle import Bundle
from cli.commands.apply import tell
from cli.errors import CliError
from cli.options import WAIT, for_all
from cli.pushing import push_text
from cli.session import Session
from cli.showing import Side, show_differences
from cli.stacks import get

EXAMPLES = """
\b
Examples:
  brokkr rollback web
  brokkr rollback web --to 7 --yes --wait
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="STACK")
@click.option("--to", "sequence_id", metavar="N", type=int, help="Which revision.  [default: the last that differs]")
@click.option("-y", "--yes", is_flag=True, help="Do not ask. Where there is no terminal nobody is asked.")
@WAIT
@for_all
def rollback(session: Session, *, name: str, sequence_id: int | None, yes: bool, timeout: timedelta | None) -> None:
    """
    Push an older revision's text again, as a new revision.

    Shows first what that would change.
    """
    stack = get(session.client, name)
    revisions = session.client.revisions(stack)
    newest, wanted = revisions[0] if revisions else None, _wanted(stack, revisions, sequence_id)
    text = session.client.text_of(wanted)
    if newest and session.screen.format is None:
        now = "" if newest.is_deletion_marker else session.client.text_of(newest)
        show_differences(
            session.screen,
            Side(now, f"revision {newest.sequence_id}"),
            Side(text, f"revision {wanted.sequence_id}"),
        )
    if session.can_ask and not yes:
        _confirm(session, f'push revision {wanted.sequence_id} of stack "{name}" again? [y/N] ')
    tell(session, push_text(session.client, stack, Bundle(text), session.key_for), timeout)


def _wanted(stack: Stack, revisions: Sequence[Revision], sequence_id: int | None) -> Revision:
    """
    The one that is named, else the last before the newest that has another text.
    """
    candidates = [one for one in revisions if not one.is_deletion_marker]
    if sequence_id is None:
        before = (one for one in candidates if one.yaml_checksum != revisions[0].yaml_checksum)
        found = next(before, None)
        missing = f'stack "{stack.name}" has no earlier revision with another text'
    else:
        found = next((one for one in candidates if one.sequence_id == sequence_id), None)
        missing = f'stack "{stack.name}" has no revision {sequence_id} that could be pushed again'
    if found is None:
        raise CliError(missing, f"`brokkr history {stack.name}` lists them")
    return found


def _confirm(session: Session, question: str) -> None:
    if session.ask(question).lower() not in ("y", "yes"):
        raise CliError("nothing was pushed")
