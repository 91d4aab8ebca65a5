import json
import logging

import pytest

from app import app
from chalicelib.api.logs import JsonFormatter
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


@pytest.fixture
def lines():
    """
    What the log says, as it is written.
    """
    found = []

    class Listener(logging.Handler):
        def emit(self, record):
            found.append(json.loads(JsonFormatter().format(record)))

    listener = Listener()
    app.log.addHandler(listener)
    yield found
    app.log.removeHandler(listener)
