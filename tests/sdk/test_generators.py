from brokkr_broker_client.api.auth import list_paks, verify_pak
from brokkr_broker_client.api.generators import (
    create_generator,
    delete_generator,
    deregister_agent,
    get_generator,
    list_generator_registered_agents,
    list_generators,
    register_agent,
    rotate_generator_pak,
    update_generator,
)
from brokkr_broker_client.models import AgentRegistrationBody, NewGenerator

from tests.support.public_sdk import a_name


def test_a_pak_says_whose_it_is(admin, generator, agent):
    said = [each.ask(verify_pak) for each in (admin, generator, agent)]

    assert [(one.admin, one.generator, one.agent, one.readonly) for one in said] == [
        (True, None, None, False),
        (False, str(generator.id), None, False),
        (False, None, str(agent.id), False),
    ]


def test_a_raw_token_is_a_pak_too(sdk, generator):
    raw = sdk.caller(generator.pak, prefix="")

    said = raw.ask(verify_pak)

    assert said.generator == str(generator.id)


def test_a_generator_is_made_as_it_was_asked_for(sdk, admin):
    name = a_name("ci")

    made = admin.ask(create_generator, body=NewGenerator(name=name, description="builds"))

    found = made.generator
    assert (found.name, found.description, found.is_active, found.is_system) == (name, "builds", True, False)
    assert (found.deleted_at, found.last_active_at) == (None, None)
    assert sdk.caller(made.pak).ask(get_generator, found.id) == found
    assert found in admin.ask(list_generators)


def test_a_generator_is_changed_by_sending_back_what_was_read(generator):
    read = generator.ask(get_generator, generator.id)
    read.description = "deploys"

    changed = generator.ask(update_generator, generator.id, body=read)

    assert changed.description == "deploys"
    assert (changed.name, changed.id, changed.created_at) == (read.name, read.id, read.created_at)
    assert generator.ask(get_generator, generator.id) == changed


def test_a_rotated_pak_works_and_the_old_one_does_not(sdk, generator):
    rotated = generator.ask(rotate_generator_pak, generator.id)

    assert rotated.generator.id == generator.id
    assert sdk.caller(rotated.pak).ask(verify_pak).generator == str(generator.id)
    assert generator.refusal(verify_pak) == (401, "unauthorized")


def test_a_deleted_generator_is_gone(admin, generator):
    deleted = admin.answer(delete_generator, generator.id)

    assert (deleted.status_code, deleted.parsed) == (204, None)
    assert admin.refusal(get_generator, generator.id) == (404, "generator_not_found")


def test_an_agent_consents_to_a_generator_and_takes_it_back(sdk, generator):
    agent = sdk.new_agent()
    me = AgentRegistrationBody(agent_id=agent.id)

    made = agent.ask(register_agent, generator.id, body=me)
    listed = generator.ask(list_generator_registered_agents, generator.id)
    withdrawn = agent.answer(deregister_agent, generator.id, body=me)

    assert (made.agent_id, made.generator_id) == (agent.id, generator.id)
    assert listed == [made]
    assert withdrawn.status_code == 204
    assert generator.ask(list_generator_registered_agents, generator.id) == []


def test_the_admin_sees_whose_paks_there_are(admin, generator):
    listed = {one.id: one.name for one in admin.ask(list_paks)}

    assert listed[generator.id].startswith("ci-")
