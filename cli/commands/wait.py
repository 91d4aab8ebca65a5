from datetime import timedelta

import click

from cli.following import finish, follow
from cli.options import DEFAULT_TIMEOUT, DURATION, for_all
from cli.rollouts import LIVE
from cli.session import Session
from cli.stacks import get
from cli.waiting import GOALS

EXAMPLES = """
\b
Examples:
  brokkr wait web
  brokkr wait web --for=applied --timeout=90s
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="STACK")
@click.option("--for", "goal", type=click.Choice(GOALS), default=LIVE, show_default=True, help="What to wait for.")
@click.option("--timeout", type=DURATION, default=DEFAULT_TIMEOUT, show_default=True, help="How long.")
@for_all
def wait(session: Session, name: str, goal: str, timeout: timedelta) -> None:
    """
    Wait until a stack is live.

    That is: its newest revision is applied and healthy in every agent that is not silent. Ends with 0
    when it is, 3 when it failed, 4 when the time is over, 5 when a newer revision took its place.
    """
    stack = get(session.client, name)
    outcome = follow(session, stack, None, goal, timeout)
    session.screen.answer(outcome.rollout.row, [outcome.rollout.deployment_object_id])
    finish(session, outcome, stack, goal, timeout)
