"""
The wrapper's `apply` and `submit_manifests`.
"""

import hashlib

import pytest
from brokkr import BrokkrError
from brokkr_broker_client.api.generators import get_generator
from brokkr_broker_client.api.stacks import (
    create_deployment_object,
    get_stack,
    list_deployment_objects,
    list_stacks,
    stacks_list_labels,
)
from brokkr_broker_client.models import CreateDeploymentObjectRequest

from tests.support.public_sdk import a_name, nowhere
from tests.support.world import config_map

WEB, API = config_map("web"), config_map("api")
BUNDLE = f"{API.rstrip()}\n---\n{WEB.rstrip()}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "web.yaml").write_text(WEB)
    (tmp_path / "api.yml").write_text(API)
    (tmp_path / "notes.txt").write_text("no manifest")
    return tmp_path


def apply(caller, name, folder, **how):
    return caller.wrapped(lambda brokkr: brokkr.apply(name, folder, **how))


def labels(generator, stack_id):
    return {one.label for one in generator.ask(stacks_list_labels, stack_id)}


def test_the_first_apply_creates_the_stack_with_what_is_in_the_folder(generator, folder):
    name = a_name("shop")

    applied = apply(generator, name, folder)

    [stack] = generator.ask(list_stacks)
    pushed = applied.deployment_object
    assert (applied.status, stack.name, stack.generator_id) == ("created", name, generator.id)
    assert (pushed.stack_id, pushed.yaml_content, pushed.is_deletion_marker) == (stack.id, BUNDLE, False)
    assert pushed.yaml_checksum == hashlib.sha256(BUNDLE.encode()).hexdigest()
    assert generator.ask(list_deployment_objects, stack.id) == [pushed]


def test_the_same_again_is_unchanged(generator, folder):
    name = a_name("shop")
    first = apply(generator, name, folder, targeting=["env:dev"]).deployment_object

    again = apply(generator, name, folder, targeting=["env:dev"])

    assert (again.status, again.deployment_object) == ("unchanged", None)
    assert generator.ask(list_deployment_objects, first.stack_id) == [first]
    assert labels(generator, first.stack_id) == {"env:dev"}


def test_another_text_is_the_next_revision(generator, folder):
    name = a_name("shop")
    first = apply(generator, name, folder).deployment_object
    (folder / "more.yaml").write_text(config_map("more"))

    again = apply(generator, name, folder)

    second = again.deployment_object
    assert again.status == "updated"
    assert (second.stack_id, second.sequence_id > first.sequence_id) == (first.stack_id, True)
    assert generator.ask(list_deployment_objects, first.stack_id) == [second, first]


def test_an_earlier_text_is_a_revision_again(generator, folder):
    name = a_name("shop")
    first = apply(generator, name, folder / "web.yaml").deployment_object
    apply(generator, name, folder / "api.yml")

    back = apply(generator, name, folder / "web.yaml")

    assert back.status == "updated"
    assert back.deployment_object.yaml_checksum == first.yaml_checksum


def test_labels_are_added_and_none_is_taken_away(generator, folder):
    name = a_name("shop")
    stack_id = apply(generator, name, folder, targeting=["env:dev", "tier/web"]).deployment_object.stack_id

    apply(generator, name, folder, targeting=["region:eu"])

    assert labels(generator, stack_id) == {"env:dev", "tier/web", "region:eu"}


def test_a_label_that_is_none_stops_it_before_the_push(generator, folder):
    with pytest.raises(BrokkrError) as refused:
        apply(generator, a_name("shop"), folder, targeting=["a b"])

    [stack] = generator.ask(list_stacks)
    assert (refused.value.status, refused.value.code) == (400, "invalid_label")
    assert generator.ask(list_deployment_objects, stack.id) == []


def test_the_admin_applies_for_a_generator_by_name_or_id(admin, generator, folder):
    known = generator.ask(get_generator, generator.id)
    name = a_name("shop")

    by_name = apply(admin, name, folder, generator=known.name)
    by_id = apply(admin, name, folder, generator=str(generator.id))

    assert (by_name.status, by_id.status) == ("created", "unchanged")
    assert generator.ask(get_stack, by_name.deployment_object.stack_id).generator_id == generator.id


def test_the_admin_must_say_for_whom(admin, folder):
    wanted = {"nobody": None, "no-such-generator": "no tenant named", str(nowhere()): "no tenant with id"}

    for generator, message in wanted.items():
        with pytest.raises(BrokkrError, match=message or "no tenant named"):
            apply(admin, a_name("shop"), folder, generator=generator)
    with pytest.raises(BrokkrError, match="needs the generator"):
        apply(admin, a_name("shop"), folder)


def test_a_stack_of_another_generator_is_left_alone(sdk, admin, generator, folder):
    other = sdk.new_generator()
    name = a_name("shop")
    pushed = apply(other, name, folder).deployment_object

    with pytest.raises(BrokkrError, match="belongs to another generator"):
        apply(admin, name, folder, generator=str(generator.id))
    with pytest.raises(BrokkrError) as refused:
        apply(generator, name, folder)

    assert (refused.value.status, refused.value.response) == (409, None)
    assert other.ask(list_deployment_objects, pushed.stack_id) == [pushed]


def test_an_agent_applies_nothing(agent, folder):
    with pytest.raises(BrokkrError, match="requires a generator PAK or an admin PAK"):
        apply(agent, a_name("shop"), folder)


def test_manifests_are_submitted_to_a_stack_that_is_there(generator, stack, folder):
    pushed = generator.wrapped(lambda brokkr: brokkr.submit_manifests(stack, folder))

    assert (pushed.stack_id, pushed.yaml_content) == (stack, BUNDLE)
    assert generator.ask(list_deployment_objects, stack) == [pushed]


def test_a_push_that_the_broker_refuses_says_why(generator, stack, folder):
    (folder / "web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\n")

    with pytest.raises(BrokkrError) as refused:
        generator.wrapped(lambda brokkr: brokkr.submit_manifests(stack, folder))

    assert (refused.value.status, refused.value.code) == (400, "invalid_deployment_object")
    assert "document 2" in refused.value.message
    assert str(refused.value).startswith("400 invalid_deployment_object: ")


def test_a_push_after_a_deletion_marker_is_an_update(generator, folder):
    name = a_name("shop")
    first = apply(generator, name, folder).deployment_object
    marker = CreateDeploymentObjectRequest(yaml_content="", is_deletion_marker=True)
    generator.ask(create_deployment_object, first.stack_id, body=marker)

    again = apply(generator, name, folder)

    assert again.status == "updated"
