"""
Of each operation, what is logged and counted beside what came over the wire.
"""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import app
from chalicelib.api.answered import UNKNOWN, endpoint_of
from chalicelib.api.prometheus import exposition
from tests.support.operations import OPERATIONS
from tests.support.recorder import recorder, units


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.route for one in OPERATIONS])
def test_a_line_has_the_units_that_the_store_said(world, lines, operation):
    with recorder.listening() as bodies:
        world.ask(operation, world.body(operation))

    (line,) = [line for line in lines if line["message"] == "request"]
    assert (line["read_units"], line["write_units"]) == units(bodies)


def test_no_label_is_anything_but_a_route_that_there_is(everyone):
    for operation in OPERATIONS:
        everyone.send(operation, everyone.body(operation))

    families = text_string_to_metric_families(exposition())
    endpoints = {sample.labels["endpoint"] for family in families for sample in family.samples}

    assert endpoints <= {UNKNOWN, *map(endpoint_of, app.routes)}
