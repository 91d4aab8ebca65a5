"""
Which stacks are an agent's, and what is newest in them.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from uuid import UUID

from msgspec.structs import replace

from chalicelib.domain.association import Scope
from chalicelib.domain.deployment_objects import Revision
from chalicelib.domain.stacks import Stack
from chalicelib.store import deployment_objects, stack_labels, stacks


def stacks_of(scope: Scope) -> list[Stack]:
    """
    The live stacks that are associated with one agent.
    """
    [found] = stacks_of_each([scope])
    return found


def stacks_of_each(scopes: Iterable[Scope]) -> list[list[Stack]]:
    """
    The same of many, in their order: each label, annotation and stack is asked for once.
    """
    labelled, annotated = cache(stack_labels.stacks_with_label), cache(stack_labels.stacks_with_annotation)
    candidates = []
    for scope in scopes:
        found = set(scope.targets)
        found.update(*map(labelled, scope.labels))
        found.update(*(annotated(key, value) for key, value in scope.annotations))
        candidates.append((scope, found))
    there = _stacks(set().union(*(found for _, found in candidates)))
    return [[there[id] for id in found if id in there and scope.covers(there[id])] for scope, found in candidates]


def _stacks(ids: set[UUID]) -> Mapping[UUID, Stack]:
    return {stack.id: stack for stack in stacks.get_many(ids)} if ids else {}


def is_associated(scope: Scope, stack: Stack) -> bool:
    """
    The same question of one stack, by strongly consistent reads.
    """
    if stack.id in scope.targets:
        return scope.covers(stack)
    labels = {one.label for one in stack_labels.labels(stack.id)} if scope.labels else set()
    annotations = {(one.key, one.value) for one in stack_labels.annotations(stack.id)} if scope.annotations else set()
    return scope.matches(stack, labels, annotations)


def newest(associated: Iterable[Stack]) -> list[Revision]:
    healed = (heal(stack) for stack in associated)
    return [Revision.of(stack.id, stack.newest) for stack in healed if stack.newest]


def heal(stack: Stack) -> Stack:
    """
    The stack with its highest committed object, where a push may have died between its entry and the pointer.
    """
    found = deployment_objects.newest(stack.id) if stack.may_lag else None
    return replace(stack, newest=found.pointer) if found else stack
