import pytest

from tests.support.everyone import Everyone


@pytest.fixture(scope="module")
def everyone(shared_table):
    return Everyone(shared_table)


@pytest.fixture
def world(everyone):
    """
    An installation with one of everything, for this test alone.
    """
    yield everyone
    everyone.restore()
