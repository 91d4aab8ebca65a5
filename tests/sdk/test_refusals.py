"""
Every refusal that the SDK knows is parsed, and has the code of its reason.
"""

import pytest

from tests.support.document import promised_operations
from tests.support.public_client import client_operations
from tests.support.sdk_refusals import REFUSALS, UNPROVOKED
from tests.support.sdk_scene import Scene

PROMISED = promised_operations()


@pytest.fixture(scope="module")
def scene(lasting_sdk):
    """
    One for all: a refusal changes nothing.
    """
    return Scene(lasting_sdk)


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_a_refusal_is_parsed_and_says_why(refusal, scene):
    assert scene.provoke(refusal) == (refusal.status, refusal.code)


def test_every_refusal_that_the_sdk_knows_is_provoked_or_has_its_reason():
    known = {(one.id, status) for one in client_operations() if one.id in PROMISED for status in one.statuses}

    provoked = {(one.operation, one.status) for one in REFUSALS}

    refusals = {(id, status) for id, status in known if 400 <= status != 500}
    assert refusals == provoked | UNPROVOKED.keys()
    assert not provoked & UNPROVOKED.keys()
