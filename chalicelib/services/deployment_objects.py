"""
Push a revision, and read what was pushed.
"""

import hashlib
from uuid import UUID

from chalicelib import system
from chalicelib.domain import manifests
from chalicelib.domain.deployment_objects import DeploymentObject, NewDeploymentObject, Revision, checksum_of
from chalicelib.domain.principals import Principal
from chalicelib.errors.conflicts import IdempotencyKeyReused
from chalicelib.errors.forbidden import AgentNotAssociated, GeneratorNotAssociated, StackNotOwned
from chalicelib.errors.not_found import DeploymentObjectNotFound
from chalicelib.services import target_state
from chalicelib.store import deployment_objects, stacks


def may_push(caller: Principal, stack_id: UUID) -> None:
    """
    Raises StackNotFound and StackNotOwned, which come before any fault of a body.
    """
    stack = stacks.get(stack_id)
    if not caller.owns(stack.generator_id):
        raise StackNotOwned(f"stack {stack_id} belongs to another generator")


def push(
    caller: Principal,
    stack_id: UUID,
    new: NewDeploymentObject,
    idempotency_key: str | None = None,
    *,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> DeploymentObject:
    """
    Give a stack its next deployment object: acknowledged means durable, and retried under one key means once.

    Four single-item writes and no transaction, since transactions on one item cancel each other under concurrency. The
    third, the entry in the stack, is the commit point; what a crash leaves before it is invisible.
    """
    manifests.check(new.yaml_content, is_marker=new.is_deletion_marker)
    checksum = checksum_of(new.yaml_content)
    key = idempotency_key and hashlib.sha256(idempotency_key.encode()).hexdigest()
    if key:
        may_push(caller, stack_id)
        first = _first_push(stack_id, key, checksum, new, now)
        if first:
            return _again(first, new.yaml_content)
    revision = Revision(
        id=new_id(),
        stack_id=stack_id,
        sequence_id=stacks.next_sequence(stack_id, caller),
        checksum=checksum,
        is_marker=new.is_deletion_marker,
        created_at=now(),
    )
    if key and not deployment_objects.note_attempt(revision, key, now()):
        revision = _first_push(stack_id, key, checksum, new, now) or revision
    return _finish(revision, new.yaml_content)


def _again(first: Revision, content: str) -> DeploymentObject:
    """
    Answer a retry: with what is there, or by finishing what the first try left undone.
    """
    if deployment_objects.is_committed(first):
        return DeploymentObject(first, content)
    return _finish(first, content)


def _first_push(stack_id: UUID, key: str, checksum: str, new: NewDeploymentObject, now: system.Now) -> Revision | None:
    first = deployment_objects.find_attempt(stack_id, key, now())
    if first and not first.is_for(checksum, is_marker=new.is_deletion_marker):
        raise IdempotencyKeyReused("this Idempotency-Key was used for another body on this stack; take a new key")
    return first.revision if first else None


def _finish(revision: Revision, content: str) -> DeploymentObject:
    """
    The writes after the counter's. Doing them again changes nothing.
    """
    deployment_objects.write(revision, content)
    deployment_objects.commit(revision)
    stacks.point_at(revision.stack_id, revision.pointer)
    return DeploymentObject(revision, content)


def list_objects(caller: Principal, stack_id: UUID, *, content: bool = True) -> list[DeploymentObject]:
    """
    Every object of a stack, the newest first.
    """
    may_push(caller, stack_id)
    revisions = deployment_objects.revisions(stack_id)
    texts = deployment_objects.load_many(revisions) if content else {}
    return [DeploymentObject(revision, texts.get(revision.id)) for revision in revisions]


def get_object(caller: Principal, id: UUID) -> DeploymentObject:
    """
    An object by its id. An agent may read what it is associated with, and the marker that takes a stack back from it.
    """
    found = deployment_objects.load(id)
    if found is None:
        return _withdrawal(caller, id)
    stack = stacks.find_any(found.revision.stack_id)
    if stack is None or (not stack.is_live and not (caller.is_agent and found.revision.is_marker)):
        raise not_found(id)
    if caller.is_agent and not target_state.may_read(caller, stack):
        raise AgentNotAssociated(f"this agent is not associated with stack {stack.id}")
    if caller.is_generator and not caller.owns(stack.generator_id):
        raise GeneratorNotAssociated(f"stack {stack.id} belongs to another generator")
    return found


def _withdrawal(caller: Principal, id: UUID) -> DeploymentObject:
    revision = target_state.find_withdrawal(caller, id)
    if revision is None:
        raise not_found(id)
    return DeploymentObject(revision, "")


def not_found(id: UUID) -> DeploymentObjectNotFound:
    return DeploymentObjectNotFound(f"there is no deployment object {id}")
