from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import click

from cli.answers import Stack, moment
from cli.errors import Refused
from cli.options import for_all
from cli.progress import progress, row
from cli.rollouts import HEALTHY, AgentState, Rollout
from cli.screen import VERDICTS
from cli.session import Session
from cli.stacks import get
from cli.waiting import asked

AT_ONCE = 8
PACE_SECONDS = 2.0
OF_A_STACK = ("AGENT", "CLUSTER", "STATE", "SINCE", "PODS", "BY", "SAYS")
OF_ALL = ("STACK", "REVISION", "VERDICT", "HEALTHY", "MESSAGE")
NOTHING_PUSHED = "deployment_object_not_found"
EXAMPLES = """
\b
Examples:
  brokkr status
  brokkr status web
  brokkr status web --watch
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="[STACK]", required=False)
@click.option("-w", "--watch", is_flag=True, help="Go on until Ctrl-C.")
@for_all
def status(session: Session, *, name: str | None, watch: bool) -> None:
    """
    Show how far stacks have come.

    All of them, or one in each of its agents.
    """
    if watch and not name:
        raise click.UsageError("--watch needs the name of a stack")
    if name is None:
        _all(session)
    elif watch:
        _watch(session, get(session.client, name))
    else:
        _one(session, get(session.client, name))


def _all(session: Session) -> None:
    stacks = session.client.stacks()
    with ThreadPoolExecutor(AT_ONCE) as crew:
        rollouts = list(crew.map(lambda stack: _rollout(session, stack), stacks))
    found = list(zip(stacks, rollouts, strict=True))
    rows = [{"stack": stack.name, "rollout": rollout.row if rollout else None} for stack, rollout in found]
    session.screen.answer(rows, [stack.name for stack in stacks])
    if found:
        session.screen.table(OF_ALL, [_summary(stack, rollout) for stack, rollout in found])
    else:
        session.screen.say("no stacks")


def _rollout(session: Session, stack: Stack) -> Rollout | None:
    """
    None where nothing was pushed yet.
    """
    try:
        return session.client.rollout(stack.id)
    except Refused as refusal:
        if refusal.error_code != NOTHING_PUSHED:
            raise
        return None


def _summary(stack: Stack, rollout: Rollout | None) -> tuple[str, ...]:
    if rollout is None:
        return stack.name, "-", "-", "-", "nothing was pushed yet"
    healthy = sum(agent.state == HEALTHY for agent in rollout.agents)
    return (
        stack.name,
        str(rollout.sequence_id),
        rollout.verdict,
        f"{healthy}/{len(rollout.agents)}",
        rollout.message,
    )


def _one(session: Session, stack: Stack) -> None:
    rollout = _rollout(session, stack)
    session.screen.answer(rollout.row if rollout else None, [agent.name for agent in rollout.agents] if rollout else [])
    if rollout is None:
        session.screen.say(f'stack "{stack.name}": nothing was pushed yet')
        return
    verdict = session.screen.painted(rollout.verdict, VERDICTS.get(rollout.verdict))
    session.screen.say(f'{verdict}: stack "{stack.name}", revision {rollout.sequence_id}: {rollout.message}')
    if rollout.agents:
        session.screen.table(OF_A_STACK, [_cells(agent) for agent in rollout.agents])


def _cells(agent: AgentState) -> tuple[str, ...]:
    since = moment(agent.since)[:19] if agent.since else "-"
    name, cluster, state, pods, says = row(agent)
    return name, cluster, state, since, pods, ",".join(agent.matched_by), says


def _watch(session: Session, stack: Stack) -> None:
    """
    The newest revision, whichever it is by then. Ctrl-C is the way out, and no error; a broker that is away for a while
    is none either.
    """
    seen = None
    with suppress(KeyboardInterrupt), progress(session.screen, stack.name) as shown:
        while True:
            changed = asked(partial(session.client.rollout, stack.id), None, seen)
            if changed:
                shown.show(changed, is_over=False)
                seen = changed
            session.sleep(PACE_SECONDS)
