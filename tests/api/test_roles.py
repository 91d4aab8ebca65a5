"""
Every caller at every operation: who is let in, and with what code the others are refused.
"""

import pytest

import app as broker
from tests.support.operations import NOBODY, OPERATIONS, ROLES
from tests.support.world import rows

EACH = [pytest.param(one, role, id=f"{one.route} {role}") for one in OPERATIONS for role in ROLES]


def offered():
    """
    What the app routes. Chalice knows no trailing slash: with one, two of its routes have a second meaning.
    """
    routes = {f"{method} {path}" for path, methods in broker.app.routes.items() for method in methods}
    return routes | {"GET /api/v1/agents/", "GET /swagger-ui/"}


def test_every_route_is_in_the_table_and_nothing_else_is():
    assert {one.route for one in OPERATIONS} == offered()


@pytest.mark.parametrize(("operation", "role"), EACH)
def test_each_role_gets_what_the_contract_says(operation, role, world):
    before = rows(world.table)

    answer = world.call(operation, role)

    if role == NOBODY and not operation.is_open:
        assert (answer.status, answer.json["code"]) == (401, "unauthorized")
        assert rows(world.table) == before
    elif operation.refusal(role):
        assert (answer.status, answer.json["code"]) == (403, operation.refusal(role))
        assert rows(world.table) == before
    else:
        assert answer.status == operation.success, answer.body
