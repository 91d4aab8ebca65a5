"""
What a push is: find or create the stack, label it, and give it the text unless it has that already.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from cli.answers import Revision, Stack
from cli.bundle import Bundle
from cli.client import Client
from cli.errors import CliError, Refused
from cli.stacks import find, get, own_generator

KeyFor = Callable[[str, str, int], str]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """
    What the stack shall be called and carry.
    """

    name: str
    create: bool = True
    labels: Sequence[str] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pushed:
    stack: Stack
    result: str
    revision: Revision

    def __str__(self) -> str:
        name, sequence = self.stack.name, self.revision.sequence_id
        return {
            "created": f'created stack "{name}": first revision (sequence {sequence})',
            "updated": f'updated stack "{name}": new revision (sequence {sequence})',
            "unchanged": f'unchanged: stack "{name}" already current',
        }[self.result]


def push(client: Client, wish: Wish, bundle: Bundle, key_for: KeyFor) -> Pushed:
    generator_id = own_generator(client)
    stack = _stack(client, wish, generator_id)
    for label in wish.labels:
        client.add_label(stack, label)
    if wish.annotations:
        _annotate(client, stack, wish.annotations)
    return push_text(client, stack, bundle, key_for)


def push_text(client: Client, stack: Stack, bundle: Bundle, key_for: KeyFor) -> Pushed:
    newest = next(iter(client.revisions(stack)), None)
    if newest and newest.yaml_checksum == bundle.checksum and not newest.is_deletion_marker:
        return Pushed(stack, "unchanged", newest)
    key = key_for(stack.id, bundle.checksum, newest.sequence_id if newest else 0)
    pushed = client.push(stack, bundle.text, key)
    return Pushed(stack, "updated" if newest else "created", pushed)


def _stack(client: Client, wish: Wish, generator_id: str) -> Stack:
    if not wish.create:
        return get(client, wish.name)
    return find(client, wish.name) or _create(client, wish.name, generator_id)


def _create(client: Client, name: str, generator_id: str) -> Stack:
    """
    Where another run was faster, its stack; a name that is taken by nobody that we can see is another generator's.
    """
    try:
        return client.create_stack(name, generator_id)
    except Refused as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            raise
        stack = find(client, name)
        if stack is None:
            refusal.hints = ("another generator has a stack of this name; choose another",)
            raise
        return stack


def _annotate(client: Client, stack: Stack, wanted: Mapping[str, str]) -> None:
    there = client.annotations(stack)
    for key, value in wanted.items():
        if there.get(key, value) != value:
            raise CliError(
                f'annotation {key} of stack "{stack.name}" is {there[key]!r}, not {value!r}',
                f"brokkr adds annotations and changes none: delete it first, at /stacks/{stack.id}/annotations/{key}",
            )
        if key not in there:
            client.add_annotation(stack, key, value)
