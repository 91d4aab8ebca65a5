from typing import Any

import click

from cli.answers import Registration, moment
from cli.options import for_all
from cli.session import Session

EXAMPLES = """
\b
Examples:
  brokkr register --agent 2f6b1c0e-5d0f-4c5e-9a53-0c8f8a6a1b11 --generator 8c3e7d52-1b7a-4f0c-b6de-3a9e5d2f4c22
"""
DEREGISTER_EXAMPLES = """
\b
Examples:
  brokkr deregister --agent 2f6b1c0e-5d0f-4c5e-9a53-0c8f8a6a1b11 --generator 8c3e7d52-1b7a-4f0c-b6de-3a9e5d2f4c22
"""
LIST_EXAMPLES = """
\b
Examples:
  brokkr registrations --agent 2f6b1c0e-5d0f-4c5e-9a53-0c8f8a6a1b11
  brokkr registrations --generator 8c3e7d52-1b7a-4f0c-b6de-3a9e5d2f4c22 --output name
"""

AGENT = click.option("--agent", metavar="ID", type=click.UUID, required=True, help="The agent's id.")
GENERATOR = click.option("--generator", metavar="ID", type=click.UUID, required=True, help="The generator's id.")


@click.command(epilog=EXAMPLES)
@AGENT
@GENERATOR
@for_all
def register(session: Session, agent: object, generator: object) -> None:
    """
    Consent, for an agent, to a generator's stacks. With the admin's PAK or the agent's own.
    """
    made = session.client.register(str(agent), str(generator))
    session.screen.say(f"registered agent {made.agent_id} with generator {made.generator_id} (registration {made.id})")
    session.screen.answer(vars(made), [made.id])


@click.command(epilog=DEREGISTER_EXAMPLES)
@AGENT
@GENERATOR
@for_all
def deregister(session: Session, agent: object, generator: object) -> None:
    """
    Take that consent back.
    """
    session.client.deregister(str(agent), str(generator))
    session.screen.say(f"deregistered agent {agent} from generator {generator}")
    session.screen.say("note: the agent loses this generator's stacks, and removes what they have in its cluster")
    session.screen.answer({"agent_id": str(agent), "generator_id": str(generator)}, [str(agent)])


@click.command(epilog=LIST_EXAMPLES)
@click.option("--agent", metavar="ID", type=click.UUID, help="The generators that this agent is registered with.")
@click.option("--generator", metavar="ID", type=click.UUID, help="The agents that are registered with this generator.")
@for_all
def registrations(session: Session, agent: object, generator: object) -> None:
    """
    List the registrations of an agent or of a generator.
    """
    if (agent is None) == (generator is None):
        raise click.UsageError("give exactly one of --agent and --generator")
    if agent is not None:
        found = session.client.registrations_of_agent(str(agent))
        _tell(session, f"agent {agent}", found, "generator", "generator_id")
    else:
        found = session.client.registrations_of_generator(str(generator))
        _tell(session, f"generator {generator}", found, "agent", "agent_id")


def _tell(session: Session, whose: str, found: list[Registration], other: str, field: str) -> None:
    rows: list[dict[str, Any]] = [vars(one) for one in found]
    session.screen.answer(rows, [row[field] for row in rows])
    if not rows:
        session.screen.say(f"{whose} has no registrations")
        return
    session.screen.say(f"{whose} has {len(rows)} registration{'s' if len(rows) > 1 else ''}:")
    for row in rows:
        session.screen.say(f"  {other} {row[field]}  (registered {moment(row['registered_at'])})")
