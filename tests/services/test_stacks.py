from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentTarget
from chalicelib.domain.deployment_objects import EMPTY_CHECKSUM, NewDeploymentObject
from chalicelib.domain.principals import ADMIN
from chalicelib.domain.stacks import NewStack, NewStackAnnotation, StackChange
from chalicelib.errors.conflicts import ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    StackCreateDenied,
    StackGeneratorMismatch,
    StackNotAccessible,
    StackNotOwned,
    StacksListDenied,
)
from chalicelib.errors.invalid import InvalidLabel, StackIdMismatch
from chalicelib.errors.not_found import (
    DeploymentObjectNotFound,
    StackAnnotationNotFound,
    StackLabelNotFound,
    StackNotFound,
)
from chalicelib.errors.protocol import Unavailable
from chalicelib.services import generators, stacks, targets
from chalicelib.services.deployment_objects import get_object, push
from chalicelib.store import deployment_objects as stored
from chalicelib.store import stack_labels
from chalicelib.store import stacks as kept
from tests.support.world import a_generator, a_stack, an_agent, config_map, rows


def test_a_generators_stack_is_its_own_without_saying_so(table):
    ci = a_generator()

    stack = stacks.create_stack(ci, NewStack(name="shop", description="what we sell"))

    assert stack.generator_id == ci.id
    assert stacks.get_stack(ci, stack.id) == stack


def test_the_admins_stack_goes_to_the_admin_generator(installation):
    stack = stacks.create_stack(ADMIN, NewStack(name="shop"))

    assert stack.generator_id == installation.admin_generator_id


def test_a_broker_that_was_never_initialised_says_so(table):
    with pytest.raises(Unavailable, match="brokkr-broker init"):
        stacks.create_stack(ADMIN, NewStack(name="shop"))


def test_an_agent_neither_lists_nor_creates_stacks(installation):
    agent = an_agent()

    with pytest.raises(StacksListDenied):
        stacks.list_stacks(agent)
    with pytest.raises(StackCreateDenied):
        stacks.create_stack(agent, NewStack(name="shop"))


def test_a_generator_creates_for_no_other(table):
    ci, other = a_generator(), a_generator()

    with pytest.raises(StackGeneratorMismatch):
        stacks.create_stack(ci, NewStack(name="shop", generator_id=other.id))

    assert stacks.list_stacks(ADMIN) == []


def test_a_stack_needs_a_living_generator(table):
    gone = a_generator()
    generators.delete_generator(ADMIN, gone.id)

    for generator_id in (gone.id, uuid4()):
        with pytest.raises(ForeignKeyViolation, match="generator_id"):
            stacks.create_stack(ADMIN, NewStack(name="shop", generator_id=generator_id))

    assert stacks.list_stacks(ADMIN) == []


def test_a_name_belongs_to_one_stack_until_that_is_deleted(table):
    ci, other = a_generator(), a_generator()
    first = stacks.create_stack(ci, NewStack(name="shop"))

    with pytest.raises(UniqueViolation) as refused:
        stacks.create_stack(other, NewStack(name="shop"))
    stacks.delete_stack(ci, first.id)

    assert refused.value.details == {"constraint": "unique_stack_name"}
    assert stacks.create_stack(other, NewStack(name="shop")).name == "shop"


def test_a_generator_lists_its_own_whatever_it_asks_for(table):
    ci, other = a_generator(), a_generator()
    mine, yours = a_stack(ci), a_stack(other)

    assert stacks.list_stacks(ci, other.id) == [mine]
    assert stacks.list_stacks(ADMIN, other.id) == [yours]
    assert stacks.list_stacks(ADMIN) == [mine, yours]


def test_a_change_leaves_alone_what_it_does_not_name(table):
    ci = a_generator()
    stack = stacks.create_stack(ci, NewStack(name="shop", description="what we sell"))

    changed = stacks.update_stack(ci, stack.id, StackChange(name="store"))

    assert (changed.name, changed.description, changed.generator_id) == ("store", "what we sell", ci.id)
    assert changed.created_at == stack.created_at
    assert changed.updated_at > stack.updated_at


def test_a_renamed_stack_frees_its_old_name_and_takes_no_other_ones(table):
    ci = a_generator()
    stack, other = a_stack(ci), a_stack(ci)
    stacks.update_stack(ci, stack.id, StackChange(name="store"))

    with pytest.raises(UniqueViolation):
        stacks.update_stack(ci, other.id, StackChange(name="store"))

    assert stacks.create_stack(ci, NewStack(name=stack.name)).name == stack.name


def test_a_stack_can_be_given_its_own_name_again(table):
    ci = a_generator()
    stack = a_stack(ci)

    assert stacks.update_stack(ci, stack.id, StackChange(name=stack.name)).name == stack.name


def test_only_the_admin_moves_a_stack_to_another_generator(table):
    ci, other = a_generator(), a_generator()
    stack = a_stack(ci)

    with pytest.raises(StackGeneratorMismatch):
        stacks.update_stack(ci, stack.id, StackChange(generator_id=other.id))
    stacks.update_stack(ADMIN, stack.id, StackChange(generator_id=other.id))

    assert [one.id for one in stacks.list_stacks(other)] == [stack.id]
    assert stacks.list_stacks(ci) == []
    with pytest.raises(StackNotOwned):
        stacks.get_stack(ci, stack.id)


def test_a_stack_moves_to_nobody_who_is_not_there(table):
    ci = a_generator()
    stack = a_stack(ci)

    with pytest.raises(ForeignKeyViolation):
        stacks.update_stack(ADMIN, stack.id, StackChange(generator_id=uuid4()))

    assert stacks.get_stack(ADMIN, stack.id) == stack


def test_a_body_for_another_stack_is_refused(table):
    ci = a_generator()
    stack, other = a_stack(ci), a_stack(ci)

    with pytest.raises(StackIdMismatch):
        stacks.update_stack(ci, stack.id, StackChange(id=other.id, name="shop"))
    with pytest.raises(StackIdMismatch):
        stacks.add_annotation(ci, stack.id, NewStackAnnotation(key="k", value="v", stack_id=other.id))


def test_another_generators_stack_is_not_to_be_touched(table):
    ci, other = a_generator(), a_generator()
    stack = a_stack(ci)
    stacks.add_label(ci, stack.id, "env:dev")
    before = rows(table)

    for touch in (
        lambda: stacks.get_stack(other, stack.id),
        lambda: stacks.update_stack(other, stack.id, StackChange(name="mine")),
        lambda: stacks.delete_stack(other, stack.id),
        lambda: stacks.add_label(other, stack.id, "env:prod"),
        lambda: stacks.remove_label(other, stack.id, "env:dev"),
        lambda: stacks.add_annotation(other, stack.id, NewStackAnnotation(key="k", value="v")),
        lambda: stacks.remove_annotation(other, stack.id, "k"),
    ):
        with pytest.raises(StackNotOwned):
            touch()

    assert rows(table) == before


def test_a_deleted_stack_is_not_there_and_neither_are_its_objects(table):
    ci = a_generator()
    stack = a_stack(ci)
    pushed = push(ci, stack.id, NewDeploymentObject(yaml_content=config_map("app")))

    stacks.delete_stack(ci, stack.id)

    assert stacks.list_stacks(ci) == []
    with pytest.raises(StackNotFound):
        stacks.get_stack(ADMIN, stack.id)
    with pytest.raises(StackNotFound):
        stacks.delete_stack(ci, stack.id)
    with pytest.raises(DeploymentObjectNotFound):
        get_object(ADMIN, pushed.revision.id)


def test_a_deletion_leaves_a_marker_as_the_stacks_last_object(table):
    ci = a_generator()
    stack = a_stack(ci)
    push(ci, stack.id, NewDeploymentObject(yaml_content=config_map("app")))

    stacks.delete_stack(ci, stack.id)

    last = stored.newest(stack.id)
    assert (last.sequence_id, last.is_marker, last.checksum) == (2, True, EMPTY_CHECKSUM)
    assert kept.find_any(stack.id).newest == last.pointer


def test_a_deletion_takes_labels_annotations_and_targets_along(installation):
    """
    Polls look stacks up by them: the dead must not slow the living down.
    """
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    stacks.add_label(ci, stack.id, "env:dev")
    stacks.add_annotation(ci, stack.id, NewStackAnnotation(key="team", value="web"))
    targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=stack.id))

    stacks.delete_stack(ci, stack.id)

    assert stack_labels.stacks_with_label("env:dev") == set()
    assert stack_labels.stacks_with_annotation("team", "web") == set()
    assert targets.targets(agent, agent.id) == []


def test_a_push_during_the_deletion_makes_it_read_again(table):
    """
    The marker must be the last: a push that gets in between moves the marker up.
    """
    ci = a_generator()
    stack = a_stack(ci)
    pushes = iter([True])

    def new_id_while_someone_pushes():
        if next(pushes, False):
            push(ci, stack.id, NewDeploymentObject(yaml_content=config_map("app")))
        return uuid4()

    stacks.delete_stack(ci, stack.id, new_id=new_id_while_someone_pushes)

    last = stored.newest(stack.id)
    assert (last.sequence_id, last.is_marker) == (2, True)
    assert kept.find_any(stack.id).newest == last.pointer


def test_labels_and_annotations_are_kept_once_and_taken_away(table):
    ci = a_generator()
    stack = a_stack(ci)

    label = stacks.add_label(ci, stack.id, "env:dev")
    note = stacks.add_annotation(ci, stack.id, NewStackAnnotation(key="team", value="web"))

    with pytest.raises(UniqueViolation) as again:
        stacks.add_label(ci, stack.id, "env:dev")
    assert again.value.details == {"constraint": "stack_labels_stack_id_label_key"}
    with pytest.raises(UniqueViolation) as again:
        stacks.add_annotation(ci, stack.id, NewStackAnnotation(key="team", value="other"))
    assert again.value.details == {"constraint": "unique_stack_annotation"}
    assert stacks.labels(ci, stack.id) == [label]
    assert stacks.annotations(ci, stack.id) == [note]

    stacks.remove_label(ci, stack.id, "env:dev")
    stacks.remove_annotation(ci, stack.id, "team")

    assert stacks.labels(ci, stack.id) == []
    assert stacks.annotations(ci, stack.id) == []
    with pytest.raises(StackLabelNotFound):
        stacks.remove_label(ci, stack.id, "env:dev")
    with pytest.raises(StackAnnotationNotFound):
        stacks.remove_annotation(ci, stack.id, "team")


@pytest.mark.parametrize("label", ["", " ", "a b", "a\tb", "x" * 65, "a\0b", "\ud800"])
def test_what_is_no_label_is_refused(label, table):
    ci = a_generator()
    stack = a_stack(ci)

    with pytest.raises(InvalidLabel, match="label"):
        stacks.add_label(ci, stack.id, label)

    assert stacks.labels(ci, stack.id) == []


def test_an_agent_reads_the_labels_of_what_it_is_targeted_at(installation):
    """
    A target row opens them; a label in common does not.
    """
    ci, targeted, stranger = a_generator(), an_agent(), an_agent()
    stack = a_stack(ci)
    stacks.add_label(ci, stack.id, "env:dev")
    targets.add_target(ADMIN, targeted.id, NewAgentTarget(stack_id=stack.id))

    assert [one.label for one in stacks.labels(targeted, stack.id)] == ["env:dev"]
    assert stacks.annotations(targeted, stack.id) == []
    with pytest.raises(StackNotAccessible):
        stacks.labels(stranger, stack.id)


def test_nobody_but_the_admin_reads_the_labels_of_a_stack_that_never_was(table):
    ci = a_generator()

    assert stacks.labels(ADMIN, uuid4()) == []
    with pytest.raises(StackNotFound):
        stacks.labels(ci, uuid4())
