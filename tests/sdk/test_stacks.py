from brokkr_broker_client.api.stacks import (
    create_stack,
    delete_stack,
    get_stack,
    list_stacks,
    stacks_add_annotation,
    stacks_add_label,
    stacks_list_annotations,
    stacks_list_labels,
    stacks_remove_annotation,
    stacks_remove_label,
    update_stack,
)
from brokkr_broker_client.models import NewStack, NewStackAnnotation

from tests.support.public_sdk import a_name


def test_a_stack_is_made_as_it_was_asked_for(generator):
    name = a_name("stack")

    made = generator.ask(create_stack, body=NewStack(generator_id=generator.id, name=name, description="the shop"))

    assert (made.name, made.description, made.generator_id) == (name, "the shop", generator.id)
    assert (made.deleted_at, made.updated_at) == (None, made.created_at)
    assert generator.ask(get_stack, made.id) == made
    assert generator.ask(list_stacks) == [made]


def test_the_admin_lists_the_stacks_of_one_pak(sdk, admin, generator, stack):
    another = sdk.new_generator().new_stack()

    listed = admin.ask(list_stacks, pak_id=generator.id)

    assert [one.id for one in listed] == [stack]
    assert {stack, another} <= {one.id for one in admin.ask(list_stacks)}


def test_a_stack_is_changed_by_sending_back_what_was_read(generator, stack):
    read = generator.ask(get_stack, stack)
    read.name = a_name("renamed")

    changed = generator.ask(update_stack, stack, body=read)

    assert (changed.name, changed.id, changed.generator_id) == (read.name, stack, generator.id)
    assert generator.ask(get_stack, stack) == changed


def test_a_deleted_stack_is_gone(generator, stack):
    deleted = generator.answer(delete_stack, stack)

    assert (deleted.status_code, deleted.parsed) == (204, None)
    assert generator.refusal(get_stack, stack) == (404, "stack_not_found")
    assert generator.ask(list_stacks) == []


def test_a_stack_gets_a_label_and_loses_it(generator, stack):
    made = generator.ask(stacks_add_label, stack, body="env:dev")
    listed = generator.ask(stacks_list_labels, stack)
    removed = generator.answer(stacks_remove_label, stack, "env:dev")

    assert (made.label, made.stack_id) == ("env:dev", stack)
    assert listed == [made]
    assert removed.status_code == 204
    assert generator.ask(stacks_list_labels, stack) == []


def test_a_stack_gets_an_annotation_and_loses_it(generator, stack):
    new = NewStackAnnotation(key="team", value="web", stack_id=stack)

    made = generator.ask(stacks_add_annotation, stack, body=new)
    listed = generator.ask(stacks_list_annotations, stack)
    removed = generator.answer(stacks_remove_annotation, stack, "team")

    assert (made.key, made.value, made.stack_id) == ("team", "web", stack)
    assert listed == [made]
    assert removed.status_code == 204
    assert generator.ask(stacks_list_annotations, stack) == []
