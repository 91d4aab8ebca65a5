"""
Agents in the table alone, without the PAKs and profiles that the services give them.
"""

from datetime import UTC, datetime
from uuid import uuid4

from chalicelib.domain.agents import Agent
from chalicelib.store import agents
from chalicelib.store.writes import Together

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add(name="edge", at=NOON):
    agent = Agent(id=uuid4(), name=name, cluster_name="prod", status="INACTIVE", created_at=at, updated_at=at)
    together = Together()
    agents.add(together, agent)
    together.commit()
    return agent


def bury(agent):
    together = Together()
    agents.bury(together, agent, NOON)
    together.commit()
