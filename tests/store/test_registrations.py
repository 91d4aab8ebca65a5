from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chalicelib.domain.agents import Registration
from chalicelib.errors.conflicts import AlreadyRegistered
from chalicelib.errors.forbidden import AgentNotRegistered
from chalicelib.store import agent_files, generators, registrations
from chalicelib.store.writes import Together
from tests.support.world import rows

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add(registration):
    together = Together()
    registrations.add(together, registration)
    together.commit()


@pytest.fixture
def registration(table):
    added = Registration(uuid4(), uuid4(), uuid4(), NOON)
    add(added)
    return added


def test_a_registration_is_kept_on_both_sides(registration, table):
    agent, generator = f"AGENT#{registration.agent_id}", f"GENERATOR#{registration.generator_id}"

    assert [(row["pk"]["S"], row["sk"]["S"]) for row in rows(table)] == [
        (agent, f"REGISTRATION#{registration.generator_id}"),
        (generator, f"REGISTRATION#{registration.agent_id}"),
    ]
    assert generators.registrations(registration.generator_id) == [registration]


def test_a_second_registration_is_refused_and_the_first_stays(registration):
    with pytest.raises(AlreadyRegistered):
        add(Registration(uuid4(), registration.agent_id, registration.generator_id, NOON))

    assert generators.registrations(registration.generator_id) == [registration]


def test_both_sides_go_together_and_not_once_more(registration, table):
    together = Together()
    registrations.remove(together, registration.agent_id, registration.generator_id)
    together.commit()

    assert rows(table) == []
    with pytest.raises(AgentNotRegistered):
        together.commit()


def test_a_transaction_can_depend_on_a_registration(registration):
    missing = AgentNotRegistered("not registered")
    there, absent = Together(), Together()
    registrations.check(there, registration.agent_id, registration.generator_id, missing)
    registrations.check(absent, uuid4(), registration.generator_id, missing)

    there.commit()
    with pytest.raises(AgentNotRegistered):
        absent.commit()


def test_a_registration_alone_makes_no_agent(registration):
    assert agent_files.read(registration.agent_id).registrations == []
