"""
Each sentence once in process, and once more, in the slow suite, before a broker that serves.
"""

from contextlib import closing

import pytest

from app import app
from benchmarks.servers import a_broker
from chalicelib.services.installation import initialise
from tests.support.public_sdk import InProcess, Sdk

BROKERS = ["in-process", pytest.param("served", marks=pytest.mark.slow)]


@pytest.fixture(scope="session")
def served():
    with a_broker() as broker:
        yield broker


@pytest.fixture(params=BROKERS)
def sdk(request):
    with closing(_sdk(request, "installation")) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_installation(shared_table):
    return initialise()


@pytest.fixture(scope="module", params=BROKERS)
def lasting_sdk(request):
    """
    One for all tests of a module, which change nothing.
    """
    with closing(_sdk(request, "lasting_installation")) as made:
        yield made


def _sdk(request, installation):
    if request.param == "served":
        broker = request.getfixturevalue("served")
        return Sdk(broker.url, broker.admin_pak)
    installed = request.getfixturevalue(installation)
    return Sdk("http://broker", str(installed.admin_pak), InProcess(app))


@pytest.fixture
def admin(sdk):
    return sdk.admin


@pytest.fixture
def generator(sdk):
    return sdk.new_generator()


@pytest.fixture
def agent(sdk, generator):
    """
    Registered with the generator.
    """
    return sdk.new_agent(generator)


@pytest.fixture
def stack(generator):
    """
    Its id.
    """
    return generator.new_stack()


@pytest.fixture
def pushed(generator, stack):
    """
    The stack's first revision.
    """
    return generator.push(stack)
