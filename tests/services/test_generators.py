from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chalicelib.domain.agents import NewAgentTarget, RegistrationRequest
from chalicelib.domain.generators import GeneratorChange, NewGenerator
from chalicelib.domain.principals import ADMIN, Principal, Role
from chalicelib.domain.stacks import NewStack
from chalicelib.errors.conflicts import AlreadyRegistered, Conflict, ForeignKeyViolation, UniqueViolation
from chalicelib.errors.forbidden import (
    AdminRequired,
    CannotDeleteSystemGenerator,
    Forbidden,
    GeneratorNotOwned,
    NotAuthorized,
    SystemGeneratorNotATenant,
)
from chalicelib.errors.invalid import MissingAgentId
from chalicelib.errors.not_found import GeneratorNotFound, StackNotFound
from chalicelib.errors.protocol import Unauthorized
from chalicelib.services import agents, generators, stacks, targets
from chalicelib.services.authentication import authenticate
from chalicelib.store import generators as kept
from chalicelib.store.stacks import OwnershipItem
from chalicelib.store.writes import Together
from tests.support.world import a_generator, a_stack, an_agent, rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("installation")


def create(name="ci", description=None):
    return generators.create_generator(ADMIN, NewGenerator(name=name, description=description))


def of(agent):
    return RegistrationRequest(agent_id=agent.id)


def test_a_new_generators_pak_works():
    generator, pak = create(description="GitHub")

    assert generators.get_generator(ADMIN, generator.id) == generator
    assert authenticate(str(pak)) == Principal(Role.GENERATOR, generator.id)


def test_the_list_is_the_admins_and_hides_the_system_generator(installation):
    generator, _ = create()

    listed = [one.id for one in generators.list_generators(ADMIN)]

    assert sorted(listed) == sorted([installation.admin_generator_id, generator.id])


@pytest.mark.parametrize("caller", [a_generator, an_agent])
def test_only_the_admin_lists_and_creates(caller):
    somebody = caller()

    with pytest.raises(AdminRequired):
        generators.list_generators(somebody)
    with pytest.raises(AdminRequired):
        generators.create_generator(somebody, NewGenerator(name="mine"))


@pytest.mark.parametrize("name", ["ci", "__system__", "admin-generator"])
def test_a_name_is_there_once(name, table):
    create()
    before = rows(table)

    with pytest.raises(UniqueViolation) as refused:
        create(name)

    assert refused.value.details == {"constraint": "unique_generator_name"}
    assert rows(table) == before


def test_a_generator_changes_itself_and_keeps_what_it_does_not_name():
    generator, _ = create(description="GitHub")
    ci = Principal(Role.GENERATOR, generator.id)

    renamed = generators.update_generator(ci, ci.id, GeneratorChange(name="pipeline"), now=lambda: NOON)
    paused = generators.update_generator(ci, ci.id, GeneratorChange(is_active=False, description="GitLab"))

    assert (renamed.name, renamed.description, renamed.is_active, renamed.updated_at) == (
        "pipeline",
        "GitHub",
        True,
        NOON,
    )
    assert (paused.name, paused.description, paused.is_active) == ("pipeline", "GitLab", False)
    assert create("ci")[0].id != ci.id


def test_a_rename_respects_taken_names():
    generator, _ = create()
    create("other")

    with pytest.raises(UniqueViolation):
        generators.update_generator(ADMIN, generator.id, GeneratorChange(name="other"))


def test_another_caller_learns_nothing_not_even_whether_it_exists():
    generator, _ = create()

    for caller in (a_generator(), an_agent()):
        for id in (generator.id, uuid4()):
            for act in (generators.get_generator, generators.delete_generator, generators.rotate_generator_pak):
                with pytest.raises(GeneratorNotOwned):
                    act(caller, id)
            with pytest.raises(GeneratorNotOwned):
                generators.update_generator(caller, id, GeneratorChange(name="mine"))
            with pytest.raises(NotAuthorized):
                generators.registered_agents(caller, id)


def test_an_unknown_generator_is_not_found_by_the_admin():
    acts = (
        generators.get_generator,
        generators.delete_generator,
        generators.rotate_generator_pak,
        generators.registered_agents,
    )
    for act in acts:
        with pytest.raises(GeneratorNotFound):
            act(ADMIN, uuid4())
    with pytest.raises(GeneratorNotFound):
        generators.update_generator(ADMIN, uuid4(), GeneratorChange(name="mine"))


def test_a_rotated_pak_is_refused_at_once():
    generator, old = create()
    ci = Principal(Role.GENERATOR, generator.id)

    rotated, new = generators.rotate_generator_pak(ci, ci.id)

    assert rotated.id == ci.id
    assert authenticate(str(new)) == ci
    with pytest.raises(Unauthorized):
        authenticate(str(old))


def test_of_two_rotations_at_once_one_wins():
    generator, _ = create()
    won = []

    def interfering():
        won.append(generators.rotate_generator_pak(ADMIN, generator.id)[1])
        return NOON

    with pytest.raises(Conflict):
        generators.rotate_generator_pak(ADMIN, generator.id, now=interfering)

    assert authenticate(str(won[0])).id == generator.id


def test_a_generator_goes_with_its_stacks_and_its_pak_and_frees_its_name():
    generator, pak = create()
    ci = Principal(Role.GENERATOR, generator.id)
    stack, foreign = a_stack(ci), a_stack(a_generator())

    generators.delete_generator(ci, ci.id)

    with pytest.raises(GeneratorNotFound):
        generators.get_generator(ADMIN, ci.id)
    with pytest.raises(StackNotFound):
        stacks.get_stack(ADMIN, stack.id)
    with pytest.raises(Unauthorized):
        authenticate(str(pak))
    assert stacks.get_stack(ADMIN, foreign.id)
    assert create()[0].id != ci.id


def test_a_stack_that_is_created_while_its_generator_goes_goes_too():
    generator, _ = create()
    ci = Principal(Role.GENERATOR, generator.id)
    late = []

    def creating():
        late.append(stacks.create_stack(ci, NewStack(name="late")))
        return NOON

    generators.delete_generator(ci, ci.id, now=creating)

    with pytest.raises(StackNotFound):
        stacks.get_stack(ADMIN, late[0].id)


def test_a_stack_that_the_index_does_not_show_yet_goes_with_its_generator(table):
    """
    An index follows its table after a moment, and a deletion may come before that.
    """
    ci = a_generator()
    stack = a_stack(ci)
    key = {"pk": {"S": f"STACK#{stack.id}"}, "sk": {"S": "STACK"}}
    table.update_item(TableName="brokkr", Key=key, UpdateExpression="REMOVE gsi1pk, gsi1sk")

    generators.delete_generator(ADMIN, ci.id)

    with pytest.raises(StackNotFound):
        stacks.get_stack(ADMIN, stack.id)


def test_a_stack_that_was_left_behind_goes_when_its_generator_is_deleted_once_more():
    """
    The broker died between the generator and the last of its stacks.
    """
    ci = a_generator()
    stack = a_stack(ci)
    together = Together()
    kept.bury(together, kept.get(ci.id), NOON)
    together.commit()

    with pytest.raises(GeneratorNotFound):
        generators.delete_generator(ADMIN, ci.id)

    with pytest.raises(StackNotFound):
        stacks.get_stack(ADMIN, stack.id)


def test_a_stack_that_went_to_another_generator_meanwhile_stays():
    ci, other = a_generator(), a_generator()
    moved = a_stack(other)
    OwnershipItem.of(ci.id, moved.id).save()

    generators.delete_generator(ADMIN, ci.id)

    assert stacks.get_stack(other, moved.id) == moved


def test_a_generator_whose_pak_was_rotated_meanwhile_is_not_deleted_with_a_live_key():
    generator, _ = create()
    rotated = []

    def interfering():
        rotated.append(generators.rotate_generator_pak(ADMIN, generator.id)[1])
        return NOON

    with pytest.raises(Conflict):
        generators.delete_generator(ADMIN, generator.id, now=interfering)
    assert authenticate(str(rotated[0])).id == generator.id
    generators.delete_generator(ADMIN, generator.id)

    with pytest.raises(Unauthorized):
        authenticate(str(rotated[0]))


def test_neither_the_system_generator_nor_the_admins_can_be_deleted(installation, table):
    system, admins = installation.system_generator_id, installation.admin_generator_id
    before = rows(table)

    for caller in (ADMIN, Principal(Role.GENERATOR, system)):
        with pytest.raises(CannotDeleteSystemGenerator):
            generators.delete_generator(caller, system)
    for caller in (ADMIN, Principal(Role.GENERATOR, admins)):
        with pytest.raises(Forbidden):
            generators.delete_generator(caller, admins)

    assert rows(table) == before


def test_the_system_generator_is_read_by_the_admin_and_is_no_tenant(installation):
    system = installation.system_generator_id
    agent = an_agent()

    assert generators.get_generator(ADMIN, system).is_system
    assert [one.agent_id for one in generators.registered_agents(ADMIN, system)] == [agent.id]
    with pytest.raises(SystemGeneratorNotATenant):
        generators.registered_agents(Principal(Role.GENERATOR, system), system)


def test_an_agent_registers_itself_whatever_the_body_says():
    ci, agent, other = a_generator(), an_agent(), an_agent()

    registration = generators.register_agent(agent, ci.id, of(other), now=lambda: NOON)

    assert (registration.agent_id, registration.generator_id, registration.registered_at) == (agent.id, ci.id, NOON)
    assert generators.registered_agents(ci, ci.id) == [registration]
    assert registration in targets.registrations(agent, agent.id)


def test_the_admin_registers_an_agent_by_its_id():
    ci, agent = a_generator(), an_agent()

    generators.register_agent(ADMIN, ci.id, of(agent))

    assert [one.agent_id for one in generators.registered_agents(ADMIN, ci.id)] == [agent.id]


def test_a_registration_is_checked_in_the_order_of_caller_generator_agent_and_repetition():
    ci, agent = a_generator(), an_agent()
    generators.register_agent(agent, ci.id, RegistrationRequest())

    with pytest.raises(Forbidden):
        generators.register_agent(ci, ci.id, of(agent))
    with pytest.raises(MissingAgentId):
        generators.register_agent(ADMIN, uuid4(), RegistrationRequest())
    with pytest.raises(GeneratorNotFound):
        generators.register_agent(ADMIN, uuid4(), RegistrationRequest(agent_id=uuid4()))
    with pytest.raises(ForeignKeyViolation) as unknown:
        generators.register_agent(ADMIN, ci.id, RegistrationRequest(agent_id=uuid4()))
    with pytest.raises(AlreadyRegistered):
        generators.register_agent(agent, ci.id, RegistrationRequest())

    assert unknown.value.details == {"constraint": "agent_generator_registrations_agent_id_fkey"}


def test_a_registration_outlives_its_agent():
    ci, agent = a_generator(), an_agent()
    registration = generators.register_agent(agent, ci.id, RegistrationRequest())

    agents.delete_agent(ADMIN, agent.id)

    assert generators.registered_agents(ci, ci.id) == [registration]


def test_deregistration_takes_the_generators_targets_along_and_no_others():
    ci, other, agent = a_generator(), a_generator(), an_agent()
    for owner in (ci, ci, other):
        targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=a_stack(owner).id))
    kept = targets.targets(agent, agent.id)

    generators.deregister_agent(agent, ci.id, RegistrationRequest())

    left = targets.targets(agent, agent.id)
    assert [stacks.get_stack(ADMIN, target.stack_id).generator_id for target in left] == [other.id]
    assert set(left) < set(kept)
    assert generators.registered_agents(ci, ci.id) == []


def test_deregistration_of_what_is_not_registered_changes_nothing(table):
    ci, agent = a_generator(), an_agent()
    before = rows(table)

    generators.deregister_agent(ADMIN, ci.id, of(agent))
    generators.deregister_agent(agent, uuid4(), RegistrationRequest())

    assert rows(table) == before


def test_a_generator_deregisters_nobody_and_the_admin_says_whom():
    ci, agent = a_generator(), an_agent()

    with pytest.raises(Forbidden):
        generators.deregister_agent(ci, ci.id, of(agent))
    with pytest.raises(MissingAgentId):
        generators.deregister_agent(ADMIN, ci.id, RegistrationRequest())
