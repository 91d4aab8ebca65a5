"""
Stacks, their labels and their annotations.
"""

from uuid import UUID

from chalicelib import system
from chalicelib.domain import text
from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, Revision
from chalicelib.domain.principals import Principal
from chalicelib.domain.stacks import (
    NewStack,
    NewStackAnnotation,
    Stack,
    StackAnnotation,
    StackChange,
    StackLabel,
)
from chalicelib.errors.conflicts import ForeignKeyViolation
from chalicelib.errors.forbidden import (
    StackCreateDenied,
    StackGeneratorMismatch,
    StackNotAccessible,
    StackNotOwned,
    StacksListDenied,
)
from chalicelib.errors.invalid import StackIdMismatch
from chalicelib.errors.protocol import Unavailable
from chalicelib.services import audit
from chalicelib.services.targets import forget_target
from chalicelib.store import agent_files, credentials, deployment_objects, generators, stack_labels, stacks, targets
from chalicelib.store.writes import Together

MAX_TRIES = 20


def list_stacks(caller: Principal, generator_id: UUID | None = None) -> list[Stack]:
    """
    A generator's own, whatever it asks for; all of them, or one generator's, for the admin.
    """
    if caller.is_agent:
        raise StacksListDenied("an agent reads its stacks at GET /agents/{id}/stacks")
    return stacks.all_live(caller.id if caller.is_generator else generator_id)


def create_stack(
    caller: Principal, new: NewStack, *, now: system.Now = system.now, new_id: system.NewId = system.new_id
) -> Stack:
    if caller.is_agent:
        raise StackCreateDenied("an agent cannot create stacks")
    owner = new.generator_id or caller.id or _admin_generator()
    if not caller.owns(owner):
        raise StackGeneratorMismatch("a generator creates stacks for itself alone: leave generator_id out")
    at = now()
    stack = Stack(
        id=new_id(), name=new.name, description=new.description, generator_id=owner, created_at=at, updated_at=at
    )
    together = Together()
    generators.check_alive(together, owner, _no_generator(owner))
    stacks.add(together, stack)
    said = {"name": stack.name, "generator_id": str(owner)}
    audit.note(together, caller, "stack.created", ("stack", stack.id), said, at=at)
    together.commit()
    return stack


def _admin_generator() -> UUID:
    installation = credentials.find_installation()
    if installation is None:
        raise Unavailable("this broker is not initialised: run `brokkr-broker init`")
    return installation.admin_generator_id


def _no_generator(id: UUID) -> ForeignKeyViolation:
    return ForeignKeyViolation(f"generator_id: there is no generator {id}", constraint="stacks_generator_id_fkey")


def get_stack(caller: Principal, id: UUID) -> Stack:
    stack = stacks.get(id)
    if not caller.owns(stack.generator_id):
        raise StackNotOwned(f"stack {id} belongs to another generator")
    return stack


def update_stack(caller: Principal, id: UUID, change: StackChange, *, now: system.Now = system.now) -> Stack:
    old = get_stack(caller, id)
    if change.id not in (None, id):
        raise StackIdMismatch("id in the body is not the id in the path")
    together, at = Together(), now()
    if change.generator_id not in (None, old.generator_id):
        if not caller.is_admin:
            raise StackGeneratorMismatch("only the admin can give a stack to another generator")
        generators.check_alive(together, change.generator_id, _no_generator(change.generator_id))
    stacks.change(together, old, change, at)
    audit.note(together, caller, "stack.updated", ("stack", id), {"name": change.name or old.name}, at=at)
    together.commit()
    return stacks.get(id)


def delete_stack(
    caller: Principal,
    id: UUID,
    *,
    noted: bool = True,
    now: system.Now = system.now,
    new_id: system.NewId = system.new_id,
) -> None:
    """
    Delete a stack for good. Its deletion marker, the last object it ever gets, tells the agents. It is noted in the
    audit log, unless it goes with its generator.
    """
    for _ in range(MAX_TRIES):
        stack = get_stack(caller, id)
        at = now()
        marker = Revision(
            id=new_id(),
            stack_id=id,
            sequence_id=stack.last_sequence_id + 1,
            checksum=EMPTY_CHECKSUM,
            is_marker=True,
            created_at=at,
        )
        deployment_objects.write(marker, "")
        together = Together()
        stacks.bury(together, stack, marker.pointer, at)
        if noted:
            audit.note(together, caller, "stack.deleted", ("stack", id), at=at)
        try:
            together.commit()
        except stacks.StackChanged:
            continue
        deployment_objects.commit(marker)
        _forget_associations(id)
        return
    raise Unavailable("this stack is being pushed to all the time; try again")


def _forget_associations(id: UUID) -> None:
    """
    Take a dead stack out of what polls read. What a crash leaves here does no harm: a dead stack is never served.
    """
    stack_labels.remove_all(id)
    for target in targets.of_stack(id):
        forget_target(target.agent_id, id)


def labels(caller: Principal, id: UUID) -> list[StackLabel]:
    _require_reader(caller, id)
    return stack_labels.labels(id)


def add_label(caller: Principal, id: UUID, label: str, *, new_id: system.NewId = system.new_id) -> StackLabel:
    get_stack(caller, id)
    added = StackLabel(new_id(), id, text.label(label))
    stack_labels.add_label(added)
    return added


def remove_label(caller: Principal, id: UUID, label: str) -> None:
    get_stack(caller, id)
    stack_labels.remove_label(id, label)


def annotations(caller: Principal, id: UUID) -> list[StackAnnotation]:
    _require_reader(caller, id)
    return stack_labels.annotations(id)


def add_annotation(
    caller: Principal, id: UUID, new: NewStackAnnotation, *, new_id: system.NewId = system.new_id
) -> StackAnnotation:
    get_stack(caller, id)
    if new.stack_id not in (None, id):
        raise StackIdMismatch("stack_id in the body is not the id in the path")
    added = StackAnnotation(new_id(), id, new.key, new.value)
    stack_labels.add_annotation(added)
    return added


def remove_annotation(caller: Principal, id: UUID, key: str) -> None:
    get_stack(caller, id)
    stack_labels.remove_annotation(id, key)


def _require_reader(caller: Principal, id: UUID) -> None:
    """
    Labels and annotations may be read by the stack's generator, the admin, and an agent that is targeted at it.
    """
    if caller.is_admin and stacks.find_any(id) is None:
        return
    stack = stacks.get(id)
    targeted = (
        caller.is_agent and caller.id and any(target.stack_id == id for target in agent_files.read(caller.id).targets)
    )
    if not (targeted or caller.owns(stack.generator_id)):
        raise StackNotAccessible(f"stack {id} is neither this caller's nor targeted at it")
