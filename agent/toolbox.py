"""
What every stack works with.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from agent.bounds import Bounds
from agent.brake import Brake
from agent.claims import Claims
from agent.crew import Crew
from agent.inventory import Inventory
from agent.outbox import Event
from agent.site import Cluster


@dataclass(frozen=True, kw_only=True)
class Rules:
    """
    What an operator may set.
    """

    checks_first: bool = True
    reapply_every: timedelta = timedelta(minutes=10)
    brake: Brake = field(default_factory=Brake)


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    agent_id: str
    namespace: str | None
    cluster: Cluster
    inventory: Inventory
    claims: Claims
    report: Callable[[Event], None]
    bounds: Bounds
    term: Callable[[], int] = lambda: 0
    rules: Rules = field(default_factory=Rules)
    crew: Crew = field(default_factory=Crew)
    clock: Callable[[], float] = time.monotonic
    spread: Callable[[float, float], float] = random.uniform
