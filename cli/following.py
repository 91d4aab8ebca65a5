"""
From a revision to its end: shown while it goes, told when it is over.
"""

from datetime import timedelta

from cli.answers import Stack
from cli.progress import progress
from cli.session import Session
from cli.waiting import Outcome, Patience, conclude, wait


def follow(session: Session, stack: Stack, object_id: str | None, goal: str, timeout: timedelta) -> Outcome:
    patience = Patience(timeout=timeout, clock=session.clock, sleep=session.sleep)
    with progress(session.screen, stack.name) as shown:
        return wait(
            lambda revision, etag, left: session.client.rollout(stack.id, revision, etag, left),
            object_id,
            goal,
            shown,
            patience,
        )


def finish(session: Session, outcome: Outcome, stack: Stack, goal: str, timeout: timedelta) -> None:
    """
    Raises what ends the command, where it did not come up. The table that moved has said the rest.
    """
    line = conclude(outcome, stack.name, goal, timeout)
    if not session.screen.is_live:
        session.screen.tell(line)
