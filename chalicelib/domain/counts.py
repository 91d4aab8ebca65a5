"""
How many there are.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    active_agents: int
    stacks: int
