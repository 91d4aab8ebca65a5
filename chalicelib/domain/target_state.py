"""
What an agent should have: one deployment object per stack.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from msgspec.structs import replace

from chalicelib.domain.agents import Given
from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, Revision
from chalicelib.domain.events import SUCCESS
from chalicelib.domain.stacks import Stack

ETAG_LENGTH = 32


def withdrawal(given: Given, stack: Stack) -> Revision | None:
    """
    The deletion marker that takes a stack back from an agent. A deleted stack has one of its own; one that lives on
    elsewhere is withdrawn under an id that only this agent is ever shown.
    """
    if stack.newest is None:
        return None
    newest = Revision.of(stack.id, stack.newest)
    if not stack.is_live:
        return newest
    return replace(newest, id=given.withdrawal_id, checksum=EMPTY_CHECKSUM, is_marker=True)


def is_done(revision: Revision, given: Given | None) -> bool:
    """
    Whether the agent has reported this deletion marker carried out, so that the stack leaves its target state.
    """
    report = given.reported(revision.id) if given and revision.is_marker else None
    return report is not None and report.status.upper() == SUCCESS


def is_given_anew(revision: Revision, given: Given) -> bool:
    """
    Whether a stack that was withdrawn is served again. Its next withdrawal then needs an id of its own: a late word on
    this one must not pass for a word on that.
    """
    return given.is_withdrawn and revision.id != given.withdrawal_id


def in_order(revisions: Iterable[Revision]) -> list[Revision]:
    """
    Highest sequence first, as the contract lists them.
    """
    return sorted(revisions, key=lambda revision: (-revision.sequence_id, revision.stack_id))


def etag(revisions: Iterable[Revision], shape: str) -> str:
    """
    Opaque to clients. Deployment objects are immutable, so their ids and the answer's shape say everything.
    """
    state = hashlib.sha256(shape.encode())
    for revision in revisions:
        state.update(revision.id.bytes)
    return f'"{state.hexdigest()[:ETAG_LENGTH]}"'


def unreported(revisions: Iterable[Revision], given: dict[UUID, Given]) -> list[Revision]:
    """
    Upstream's incremental rule: any report on an object, even a failure, removes it until a newer one is pushed, or
    until its stack comes back after a withdrawal.
    """
    return [revision for revision in revisions if not _is_reported(revision, given.get(revision.stack_id))]


def _is_reported(revision: Revision, given: Given | None) -> bool:
    if given is None:
        return False
    if revision.id == given.withdrawal_id:
        return given.reported(revision.id) is not None
    return not is_pending(revision, given.answered)


def is_pending(revision: Revision, answered: int | None) -> bool:
    """
    Whether the agent has still to report on this object, the newest of a stack that it should have.
    """
    return revision.sequence_id != answered
