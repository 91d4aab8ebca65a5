"""
What the audit log says of each thing that is done, and who may read it.
"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chalicelib.domain.agents import AgentChange, NewAgent, NewAgentTarget, RegistrationRequest
from chalicelib.domain.audit import Wanted
from chalicelib.domain.generators import GeneratorChange, NewGenerator
from chalicelib.domain.principals import ADMIN, OPERATOR, Origin, Principal, Role
from chalicelib.domain.stacks import NewStack, StackChange
from chalicelib.errors.conflicts import AlreadyRegistered, UniqueViolation
from chalicelib.errors.forbidden import AdminRequired
from chalicelib.errors.protocol import InvalidQuery
from chalicelib.services import agents, audit, generators, installation, stacks, targets
from tests.support.world import a_generator, a_stack, an_agent, register

pytestmark = pytest.mark.usefixtures("installation")

EVERYTHING = Wanted(limit=1000)


def log(wanted=EVERYTHING):
    found, _ = audit.entries(ADMIN, wanted)
    return [named.entry for named in found]


def said(act):
    """
    What the log says of it, the first thing first: action, actor, resource, details.
    """
    known = {entry.id for entry in log()}
    act()
    new = [entry for entry in reversed(log()) if entry.id not in known]
    return [
        (one.action, (one.actor_type, one.actor_id), (one.resource_type, one.resource_id), one.details)
        for one in sorted(new, key=lambda one: one.action)
    ]


BY_ADMIN = ("admin", None)


def test_an_agent_s_life_is_on_record():
    made, _ = agents.create_agent(ADMIN, NewAgent(name="edge", cluster_name="prod"))
    itself, resource = Principal(Role.AGENT, made.id), ("agent", made.id)
    by_itself = ("agent", made.id)

    assert said(lambda: agents.update_agent(itself, made.id, AgentChange(name="rim"))) == [
        ("agent.updated", by_itself, resource, {"name": "rim", "cluster_name": "prod", "status": "INACTIVE"})
    ]
    assert said(lambda: agents.rotate_agent_pak(itself, made.id)) == [
        ("pak.rotated", by_itself, resource, {"agent_name": "rim"})
    ]
    assert said(lambda: agents.delete_agent(ADMIN, made.id)) == [("agent.deleted", BY_ADMIN, resource, None)]
    begun = [(one.action, one.resource_type, one.details) for one in log(Wanted(resource_id=made.id))[-2:]]
    assert sorted(begun, key=str) == [
        ("agent.created", "agent", {"name": "edge", "cluster_name": "prod"}),
        ("pak.created", "pak", {"entity": "agent", "name": "edge"}),
    ]


def test_a_generator_s_life_is_on_record():
    made, _ = generators.create_generator(ADMIN, NewGenerator(name="ci"))
    itself, resource, by_itself = Principal(Role.GENERATOR, made.id), ("generator", made.id), ("generator", made.id)

    assert {(one.action, one.resource_type) for one in log(Wanted(resource_id=made.id))} == {
        ("generator.created", "generator"),
        ("pak.created", "pak"),
    }
    assert said(lambda: generators.update_generator(itself, made.id, GeneratorChange(name="cd"))) == [
        ("generator.updated", by_itself, resource, {"name": "cd"})
    ]
    assert said(lambda: generators.rotate_generator_pak(ADMIN, made.id)) == [
        ("pak.rotated", BY_ADMIN, resource, {"generator_name": "cd"})
    ]


def test_a_stack_s_life_is_on_record_with_the_generator_that_lived_it():
    ci = a_generator()
    by_it = ("generator", ci.id)
    stack = stacks.create_stack(ci, NewStack(name="web"))
    resource = ("stack", stack.id)

    assert [(one.action, one.actor_id, one.details) for one in log(Wanted(resource_id=stack.id))] == [
        ("stack.created", ci.id, {"name": "web", "generator_id": str(ci.id)})
    ]
    assert said(lambda: stacks.update_stack(ci, stack.id, StackChange(name="site"))) == [
        ("stack.updated", by_it, resource, {"name": "site"})
    ]
    assert said(lambda: stacks.delete_stack(ci, stack.id)) == [("stack.deleted", by_it, resource, None)]


def test_consent_and_targets_are_on_record():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    resource, consent, target = ("agent", agent.id), {"generator_id": str(ci.id)}, {"stack_id": str(stack.id)}

    assert said(lambda: register(agent, ci)) == [("agent.registered", ("agent", agent.id), resource, consent)]
    assert said(lambda: targets.add_target(ci, agent.id, NewAgentTarget(stack_id=stack.id))) == [
        ("target.created", ("generator", ci.id), resource, target)
    ]
    assert said(lambda: targets.remove_target(ci, agent.id, stack.id)) == [
        ("target.deleted", ("generator", ci.id), resource, target)
    ]
    request = RegistrationRequest(agent_id=agent.id)
    assert said(lambda: generators.deregister_agent(ADMIN, ci.id, request)) == [
        ("agent.deregistered", BY_ADMIN, resource, consent)
    ]
    assert said(lambda: generators.deregister_agent(ADMIN, ci.id, request)) == []


def test_the_consent_that_an_admin_s_target_is_is_on_record_too():
    ci, agent = a_generator(), an_agent()
    stack = a_stack(ci)
    resource, consent, target = ("agent", agent.id), {"generator_id": str(ci.id)}, {"stack_id": str(stack.id)}

    done = said(lambda: targets.add_target(ADMIN, agent.id, NewAgentTarget(stack_id=stack.id)))

    assert done == [
        ("agent.registered", BY_ADMIN, resource, consent),
        ("target.created", BY_ADMIN, resource, target),
    ]


def test_what_goes_with_a_generator_has_no_row_of_its_own():
    ci = a_generator()
    a_stack(ci)

    assert said(lambda: generators.delete_generator(ADMIN, ci.id)) == [
        ("generator.deleted", BY_ADMIN, ("generator", ci.id), None)
    ]


def test_what_is_refused_is_not_on_record():
    ci, agent = a_generator(), an_agent()
    register(agent, ci)
    taken = a_stack(ci).name

    def refused():
        with pytest.raises(AlreadyRegistered):
            register(agent, ci)
        with pytest.raises(UniqueViolation):
            stacks.create_stack(ci, NewStack(name=taken))

    assert said(refused) == []
    assert said(lambda: agents.delete_agent(ADMIN, uuid4())) == []


def test_what_the_command_line_does_says_so():
    generators.create_generator(OPERATOR, NewGenerator(name="ci"))
    installation.rotate_admin()

    paks = [(one.action, one.resource_type, one.details) for one in log(Wanted(action="pak.*"))]

    assert paks == [
        ("pak.rotated", "admin", {"name": "admin", "via": "cli"}),
        ("pak.created", "pak", {"entity": "generator", "name": "ci", "via": "cli"}),
        ("pak.created", "pak", {"entity": "admin", "name": "admin", "via": "cli"}),
    ]


def test_a_row_says_from_where():
    somebody = Principal(Role.ADMIN, origin=Origin("192.0.2.7", "curl/8"))

    stacks.create_stack(somebody, NewStack(name="web"))

    [row] = log(Wanted(action="stack.created"))
    assert (row.ip_address, row.user_agent, row.details.keys()) == ("192.0.2.7", "curl/8", {"name", "generator_id"})


def test_actors_have_the_names_that_they_have_now_deleted_or_not():
    ci, agent, gone = a_generator(), an_agent(), a_generator()
    a_stack(ci)
    register(agent, ci)
    a_stack(gone)
    generators.update_generator(ci, ci.id, GeneratorChange(name="pipeline"))
    generators.update_generator(gone, gone.id, GeneratorChange(name="gone"))
    generators.delete_generator(gone, gone.id)

    found, _ = audit.entries(ADMIN, EVERYTHING)

    assert {named.actor_name for named in found if named.entry.actor_id == ci.id} == {"pipeline"}
    assert {named.actor_name for named in found if named.entry.actor_id == gone.id} == {"gone"}
    assert {named.actor_name for named in found if named.entry.actor_type == "admin"} == {"admin"}
    assert all(named.actor_name for named in found)


@pytest.mark.parametrize("caller", [a_generator, an_agent])
def test_only_the_admin_reads_it(caller):
    somebody = caller()

    with pytest.raises(AdminRequired):
        audit.entries(somebody, EVERYTHING)


def test_rows_older_than_ninety_days_are_not_shown():
    later = datetime.now(UTC) + timedelta(days=90, minutes=1)

    assert audit.entries(ADMIN, EVERYTHING, now=lambda: later) == ([], 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("actor_type", "root"), ("action", "Stack"), ("action", "a*b"), ("action", ""), ("resource_type", "a b")],
)
def test_a_filter_that_fits_nothing_by_its_shape_is_refused_by_its_name(field, value):
    with pytest.raises(InvalidQuery, match=field):
        Wanted(**{field: value})
