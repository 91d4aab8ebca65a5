"""
How many there are.
"""

from msgspec import Struct


class Counts(Struct, frozen=True):
    active_agents: int
    stacks: int
