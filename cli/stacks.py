"""
Stacks by name, and whose they are.
"""

import difflib

from cli.answers import Stack
from cli.client import Client
from cli.errors import CliError


def find(client: Client, name: str) -> Stack | None:
    return next((stack for stack in client.stacks() if stack.name == name), None)


def get(client: Client, name: str) -> Stack:
    """
    Raises CliError with the nearest names.
    """
    stacks = client.stacks()
    found = next((stack for stack in stacks if stack.name == name), None)
    if found:
        return found
    near = difflib.get_close_matches(name, [stack.name for stack in stacks], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`brokkr stacks` lists those that this PAK can see"
    raise CliError(f'there is no stack "{name}"', hint)


def own_generator(client: Client) -> str:
    """
    Raises CliError where the PAK is the admin's or an agent's.
    """
    me = client.whoami()
    if me.generator is None:
        whose = "the admin's" if me.admin else "an agent's"
        raise CliError(
            f"this needs a generator's PAK, and the one given is {whose}",
            "whoever runs the broker makes one: brokkr-broker create generator --name NAME",
        )
    return me.generator
