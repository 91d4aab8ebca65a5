from datetime import timedelta
from typing import Any

import click

from cli.following import finish, follow
from cli.options import FILES, RECURSIVE, WAIT, for_all
from cli.pushing import Pushed, Wish, push
from cli.rollouts import LIVE
from cli.session import Session
from cli.waiting import Outcome

LONGEST_KEY = 255
EXAMPLES = """
\b
Examples:
  brokkr apply -f k8s/ --stack web
  brokkr apply -f k8s/ --stack web --target-label env:prod --wait
  kustomize build overlays/prod | brokkr apply -f - --stack web --wait=10m
"""


@click.command(epilog=EXAMPLES)
@FILES
@RECURSIVE
@click.option("--stack", "name", metavar="NAME", required=True, help="The stack; created if it is not there.")
@click.option("--create/--no-create", default=True, help="Whether to create it.  [default: create]")
@click.option("--target-label", "labels", metavar="LABEL", multiple=True, help="A label for the stack. Repeatable.")
@click.option("--annotation", "notes", metavar="KEY=VALUE", multiple=True, help="An annotation for it. Repeatable.")
@click.option("--idempotency-key", metavar="KEY", help="The push's name.  [default: the CI run's, else a new one]")
@WAIT
@for_all
def apply(
    session: Session,
    *,
    paths: tuple[str, ...],
    recursive: bool,
    name: str,
    create: bool,
    labels: tuple[str, ...],
    notes: tuple[str, ...],
    idempotency_key: str | None,
    timeout: timedelta | None,
) -> None:
    """
    Push manifests to a stack.

    Nothing is pushed where the stack's newest revision has the same text. Labels and annotations are added, never
    removed.
    """
    annotations = _pairs(notes)
    _check_key(idempotency_key)
    bundle = session.read(paths, recursive=recursive)
    wish = Wish(name=name, create=create, labels=labels, annotations=annotations)
    pushed = push(session.client, wish, bundle, lambda *what: idempotency_key or session.key_for(*what))
    tell(session, pushed, timeout)


def tell(session: Session, pushed: Pushed, timeout: timedelta | None) -> None:
    """
    What was pushed, and how it went where that is waited for.
    """
    session.screen.say(str(pushed))
    outcome = follow(session, pushed.stack, pushed.revision.id, LIVE, timeout) if timeout is not None else None
    session.screen.answer(_row(pushed, outcome), [pushed.revision.id])
    if outcome and timeout is not None:
        finish(session, outcome, pushed.stack, LIVE, timeout)


def _row(pushed: Pushed, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "stack": pushed.stack.name,
        "stack_id": pushed.stack.id,
        "result": pushed.result,
        "deployment_object_id": pushed.revision.id,
        "sequence_id": pushed.revision.sequence_id,
        "yaml_checksum": pushed.revision.yaml_checksum,
        "rollout": outcome.rollout.row if outcome else None,
    }


def _check_key(key: str | None) -> None:
    if key is not None and not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST_KEY):
        raise click.BadParameter(
            f"must be 1 to {LONGEST_KEY} visible ASCII characters", param_hint="'--idempotency-key'"
        )


def _pairs(notes: tuple[str, ...]) -> dict[str, str]:
    for note in notes:
        if "=" not in note or note.startswith("="):
            raise click.BadParameter(f"{note!r} is not KEY=VALUE", param_hint="'--annotation'")
    return dict(note.split("=", 1) for note in notes)
