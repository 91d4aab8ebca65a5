"""
Which agents serve a stack: the question of `target_state` from the other side.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from chalicelib.domain.agents import Agent
from chalicelib.domain.rollout import BY_ANNOTATION, BY_LABEL, BY_TARGET
from chalicelib.domain.stacks import Stack
from chalicelib.store import agent_labels, agents, registrations, stack_labels


class Server(Struct, frozen=True):
    """
    An agent that serves the stack, and by what.
    """

    agent: Agent
    matched_by: tuple[str, ...]


class Serving(Struct, frozen=True):
    """
    `unregistered` counts agents that share a label or an annotation, and have not consented to the stack's generator.
    """

    servers: list[Server]
    unregistered: int


def serving(stack: Stack, targeted: Collection[UUID], at: datetime) -> Serving:
    """
    A target is consent in itself; a match by label or annotation needs a registration.
    """
    labels, annotations = stack_labels.recalled(stack, at)
    found: dict[str, set[UUID]] = {
        BY_TARGET: set(targeted),
        BY_LABEL: set().union(*(agent_labels.agents_with_label(one.label) for one in labels)),
        BY_ANNOTATION: set().union(*(agent_labels.agents_with_annotation(one.key, one.value) for one in annotations)),
    }
    there = agents.recalled(set().union(*found.values()), at)
    matching = (found[BY_LABEL] | found[BY_ANNOTATION]) & there.keys()
    consenting = registrations.consenting(stack.generator_id, matching, at)
    for way in (BY_LABEL, BY_ANNOTATION):
        found[way] &= consenting
    ways = {id: tuple(way for way, ids in found.items() if id in ids) for id in there}
    servers = [Server(agent, ways[id]) for id, agent in there.items() if ways[id]]
    return Serving(servers, unregistered=len(matching - consenting - found[BY_TARGET]))
