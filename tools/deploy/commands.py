"""
`deploy` and `undeploy`: what they say, what they ask, and in which order they do it.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.deploy.aws import Account
from tools.deploy.bucket import ready_bucket, upload
from tools.deploy.packaging import package
from tools.deploy.stack import Proposal, Stack
from tools.progress import ToolError, say

Confirm = Callable[[str], bool]


def deploy(
    account: Account, stage: str, *, folder: Path, bucket: str | None, parameters: Mapping[str, str], confirm: Confirm
) -> None:
    stack = Stack(account.cloudformation, stack_name(stage))
    say(f"{stack.name}: {account}")
    packaged = package(stage, folder)
    say(f"package: {packaged}")
    bucket = ready_bucket(account, bucket)
    say(f"bucket: {bucket}")
    is_new = stack.find() is None
    proposal = stack.propose(upload(account, bucket, packaged), parameters)
    if proposal is None:
        say(f"{stack.name}: nothing changes")
        return
    say("\n".join([f"{stack.name} would change:", *(f"  {change}" for change in proposal.changes)]))
    settle(stack, proposal, confirm)
    outputs = stack.execute(proposal)
    print("\n".join(f"{name}: {value}" for name, value in sorted(outputs.items())))
    if is_new:
        say(f"Next, for the admin's PAK: brokkr-broker init --region {account.region} --table {outputs['TableName']}")


def settle(stack: Stack, proposal: Proposal, confirm: Confirm) -> None:
    """
    Raises ToolError unless it is agreed to. Whoever says no, or says nothing and leaves, leaves no change set behind.
    """
    agreed = False
    try:
        agreed = confirm(f"Change {stack.name}?")
    finally:
        if not agreed:
            stack.discard(proposal)
    if not agreed:
        raise ToolError("nothing was changed")


def undeploy(account: Account, stage: str, confirm: Confirm) -> None:
    stack = Stack(account.cloudformation, stack_name(stage))
    if stack.find() is None:
        raise ToolError(f"there is no stack {stack.name} in {account}")
    table = stack.table()
    kept = f"Its table {table} stays, with all that is in it." if table else "It has no table."
    say(f"{stack.name}: {account}\n{kept}")
    if not confirm(f"Delete {stack.name}?"):
        raise ToolError("nothing was changed")
    stack.delete()
    say(f"{stack.name} is deleted. {kept}")


def stack_name(stage: str) -> str:
    return f"brokkr-{stage}"


def ask(question: str) -> bool:
    """
    Raises ToolError where nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise ToolError("nobody is there to say yes: add YES=1")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def agree(_: str) -> bool:
    return True
