import json
import re

import pytest

from tests.support.factories import new_agent, new_generator

T = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? UTC"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def agent(http):
    return new_agent(http)


@pytest.fixture
def admin(brokkr, http):
    def run(*arguments):
        return brokkr(*arguments, env={"BROKKR_PAK": http.admin})

    return run


def test_an_agent_is_registered_listed_from_both_sides_and_deregistered(admin, agent, ci):
    pair = ("--agent", agent.id, "--generator", ci.id)
    made = admin("register", *pair)
    of_agent, of_generator = admin("registrations", "--agent", agent.id), admin("registrations", "--generator", ci.id)
    gone = admin("deregister", *pair)

    assert re.fullmatch(f"registered agent {agent.id} with generator {ci.id} \\(registration [0-9a-f-]+\\)\n", made.out)
    assert re.search(f"^agent {agent.id} has 2 registrations:$", of_agent.out, re.MULTILINE)
    assert re.search(f"^  generator {ci.id}  \\(registered {T}\\)$", of_agent.out, re.MULTILINE)
    assert of_generator.out.splitlines()[0] == f"generator {ci.id} has 1 registration:"
    assert re.fullmatch(f"  agent {agent.id}  \\(registered {T}\\)", of_generator.out.splitlines()[1])
    assert gone.out.splitlines()[0] == f"deregistered agent {agent.id} from generator {ci.id}"
    assert gone.out.splitlines()[1].startswith("note: ")
    assert [one.code for one in (made, of_agent, of_generator, gone)] == [0] * 4


def test_once_more_is_refused(admin, agent, ci):
    pair = ("--agent", agent.id, "--generator", ci.id)
    admin("register", *pair)

    again = admin("register", *pair)

    assert again.code == 1
    assert again.err.startswith("error: 409 already_registered: ")


def test_a_generator_without_agents_says_so(admin, ci):
    listed = admin("registrations", "--generator", ci.id)

    assert (listed.code, listed.out) == (0, f"generator {ci.id} has no registrations\n")


@pytest.mark.parametrize("flags", [[], ["--agent", NOBODY, "--generator", NOBODY], ["--agent", "x"]])
def test_exactly_one_id_is_asked_for(admin, flags):
    assert admin("registrations", *flags).code == 2


def test_a_generator_may_not_register(brokkr, agent, ci):
    refused = brokkr("register", "--agent", agent.id, "--generator", ci.id)

    assert refused.code == 1
    assert refused.err.startswith("error: 403 forbidden: ")
    assert "hint: " in refused.err


def test_another_generators_agents_are_its_own_business(brokkr, http):
    refused = brokkr("registrations", "--generator", new_generator(http).id)

    assert (refused.code, refused.err.split(":")[1].strip()) == (1, "403 not_authorized")


def test_the_answers_for_programs(admin, agent, ci):
    made = json.loads(admin("register", "--agent", agent.id, "--generator", ci.id, "-o", "json").out)

    (listed,) = json.loads(admin("registrations", "--generator", ci.id, "-o", "json").out)
    assert made == listed
    assert set(made) == {"id", "agent_id", "generator_id", "registered_at"}
    assert admin("registrations", "--generator", ci.id, "-o", "name").out == f"{agent.id}\n"
