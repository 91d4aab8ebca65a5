import click

from cli.errors import Exit
from cli.options import FILES, RECURSIVE, for_all
from cli.session import Session
from cli.showing import Side, show_differences
from cli.stacks import find

EXAMPLES = """
\b
Examples:
  brokkr diff web -f k8s/
  brokkr diff web -f k8s/ > /dev/null || echo "this push would change something"
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="STACK")
@FILES
@RECURSIVE
@for_all
def diff(session: Session, *, name: str, paths: tuple[str, ...], recursive: bool) -> int:
    """
    Show what a push would change.

    Against the stack's newest revision, object by object; of Secrets only which values differ. Ends with 0 when
    nothing would change, 1 when something would, 2 when it cannot be told.
    """
    session.error_code = Exit.USAGE
    bundle = session.read(paths, recursive=recursive)
    stack = find(session.client, name)
    newest = next(iter(session.client.revisions(stack)), None) if stack else None
    if stack is None:
        session.screen.note(f'there is no stack "{name}" yet: everything would be new')
    now = session.client.text_of(newest) if newest and not newest.is_deletion_marker else ""
    before = Side(now, f"revision {newest.sequence_id}" if newest else "nothing")
    return int(show_differences(session.screen, before, Side(bundle.text, "this push")))
