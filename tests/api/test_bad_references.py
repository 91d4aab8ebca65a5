"""
Bodies that are well formed, but name what is not there, what is another's, or what is taken.
"""

import pytest

from tests.support.operations import OPERATIONS
from tests.support.world import rows

BY_ROUTE = {one.route: one for one in OPERATIONS}
GENERATOR, STACK, AGENT = "/api/v1/generators/{id}", "/api/v1/stacks/{id}", "/api/v1/agents/{id}"
NO_ONE = "00000000-0000-4000-8000-000000000000"
HEALTH = {"id": NO_ONE, "status": "healthy", "checked_at": "2026-11-24T12:00:00Z"}

NOT_THERE = (422, "foreign_key_violation")
OTHER_STACK = (400, "stack_id_mismatch")
OTHER_AGENT = (400, "agent_id_mismatch")
TAKEN = (409, "unique_violation")


def outcome(answer):
    return answer.status, answer.json["code"]


@pytest.mark.parametrize(
    ("route", "field", "value", "expected"),
    [
        (f"POST {GENERATOR}/register", "agent_id", NO_ONE, NOT_THERE),
        ("POST /api/v1/stacks", "generator_id", NO_ONE, NOT_THERE),
        (f"PUT {STACK}", "generator_id", NO_ONE, NOT_THERE),
        (f"PUT {STACK}", "id", NO_ONE, OTHER_STACK),
        (f"POST {STACK}/annotations", "stack_id", NO_ONE, OTHER_STACK),
        ("POST /api/v1/agents", "generator_ids", [NO_ONE], (400, "invalid_generator_id")),
        (f"POST {AGENT}/labels", "agent_id", NO_ONE, OTHER_AGENT),
        (f"POST {AGENT}/annotations", "agent_id", NO_ONE, OTHER_AGENT),
        (f"POST {AGENT}/targets", "stack_id", NO_ONE, (404, "stack_not_found")),
        (f"POST {AGENT}/targets", "agent_id", NO_ONE, OTHER_AGENT),
        (f"POST {AGENT}/events", "deployment_object_id", NO_ONE, NOT_THERE),
        (f"POST {AGENT}/events", "agent_id", NO_ONE, OTHER_AGENT),
        ("POST /api/v1/deployment-objects/{id}/diagnostics", "agent_id", NO_ONE, (404, "agent_not_found")),
        (f"PATCH {AGENT}/health-status", "deployment_objects", [HEALTH], NOT_THERE),
    ],
)
def test_an_id_that_leads_nowhere_is_refused(route, field, value, expected, world):
    operation = BY_ROUTE[route]
    before = rows(world.table)

    answer = world.ask(operation, world.body(operation) | {field: value})

    assert outcome(answer) == expected
    assert rows(world.table) == before


@pytest.mark.parametrize(
    ("route", "body", "constraint"),
    [
        ("POST /api/v1/generators", {"name": "other_generator"}, "unique_generator_name"),
        ("POST /api/v1/generators", {"name": "__system__"}, "unique_generator_name"),
        (f"PUT {GENERATOR}", {"name": "other_generator"}, "unique_generator_name"),
        ("POST /api/v1/stacks", {"name": "stack"}, "unique_stack_name"),
        (f"PUT {STACK}", {"name": "spare"}, "unique_stack_name"),
        (f"POST {STACK}/labels", "env:dev", "stack_labels_stack_id_label_key"),
        (f"POST {STACK}/annotations", {"key": "team", "value": "other"}, "unique_stack_annotation"),
        ("POST /api/v1/agents", {"name": "agent", "cluster_name": "test"}, "unique_agent_cluster"),
        (f"PUT {AGENT}", {"name": "other_agent"}, "unique_agent_cluster"),
        (f"POST {AGENT}/labels", {"label": "env:dev"}, "agent_labels_agent_id_label_key"),
        (f"POST {AGENT}/annotations", {"key": "team", "value": "other"}, "agent_annotations_agent_id_key_key"),
        (f"POST {AGENT}/targets", {"stack_id": "$stack"}, "unique_agent_stack"),
    ],
)
def test_what_is_taken_is_refused_with_its_constraint(route, body, constraint, world):
    before = rows(world.table)

    answer = world.ask(BY_ROUTE[route], world.meant(body))

    assert outcome(answer) == TAKEN
    assert answer.json["details"] == {"constraint": constraint}
    assert rows(world.table) == before


def test_an_agent_is_registered_once(world):
    register = BY_ROUTE[f"POST {GENERATOR}/register"]
    path = f"/api/v1/generators/{world.things['owner']}/register"
    before = rows(world.table)

    answer = world.ask(register, world.meant({"agent_id": "$agent"}), path=path)

    assert outcome(answer) == (409, "already_registered")
    assert rows(world.table) == before


@pytest.mark.parametrize(
    ("route", "body", "expected"),
    [
        ("POST /api/v1/stacks", {"name": "new", "generator_id": "$owner"}, (403, "stack_generator_mismatch")),
        (f"PUT {STACK}", {"generator_id": "$other_generator"}, (403, "stack_not_owned")),
        (f"POST {AGENT}/targets", {"stack_id": "$stack"}, (403, "target_generator_mismatch")),
        (f"DELETE {GENERATOR}/register", {"agent_id": "$agent"}, (403, "forbidden")),
    ],
)
def test_another_generators_things_stay_another_generators(route, body, expected, world):
    before = rows(world.table)

    answer = world.send(BY_ROUTE[route], world.meant(body), role="other_generator")

    assert outcome(answer) == expected
    assert rows(world.table) == before


def test_a_generator_gives_no_stack_of_its_own_away(world):
    before = rows(world.table)

    answer = world.send(BY_ROUTE[f"PUT {STACK}"], world.meant({"generator_id": "$other_generator"}), role="owner")

    assert outcome(answer) == (403, "stack_generator_mismatch")
    assert rows(world.table) == before


@pytest.mark.parametrize(
    ("role", "code"), [("admin", "cannot_delete_system_generator"), ("owner", "generator_not_owned")]
)
def test_nobody_deletes_the_system_generator(role, code, world):
    path = f"/api/v1/generators/{world.things['system']}"
    before = rows(world.table)

    answer = world.send(BY_ROUTE[f"DELETE {GENERATOR}"], role=role, path=path)

    assert outcome(answer) == (403, code)
    assert rows(world.table) == before
