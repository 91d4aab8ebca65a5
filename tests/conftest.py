"""
The broker in process: its table in memory, and its HTTP interface without a socket.
"""

import os
from contextlib import contextmanager
from functools import cache

os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
os.environ["BROKKR_OIDC_HTTP_ON_LOOPBACK"] = "true"

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb import models

from app import app
from chalicelib.services.installation import initialise
from chalicelib.store.schema import create_table_request
from tests.support import moto_copies
from tests.support.http import Http
from tests.support.issuer import Issuer
from tests.support.recorder import recorder
from tests.support.world import keep, restore

recorder.listen()
models.copy = moto_copies
CLIENT = boto3.client("dynamodb")  # made once: it takes a third of a second to make, and a test a hundredth


@contextmanager
def empty_table():
    """
    DynamoDB's client, with an empty table that is made from template.yaml.
    """
    with mock_aws():
        restore(CLIENT, _empty())
        yield CLIENT


@cache
def _empty():
    """
    Made once in each worker, and copied since: to read the template alone takes longer than most tests.
    """
    CLIENT.create_table(**create_table_request("brokkr", emulated=True))
    return keep(CLIENT)


@pytest.fixture
def table():
    with empty_table() as client:
        yield client


@pytest.fixture(scope="module")
def shared_table():
    """
    One for all tests of a module, which put it back to what it was.
    """
    with empty_table() as client:
        yield client


@pytest.fixture
def installation(table):
    """
    What `brokkr-broker init` leaves: an admin PAK, the admin's generator and the system's.
    """
    installed, kept = _installed()
    restore(table, kept)
    return installed


@cache
def _installed():
    return initialise(), keep(CLIENT)


@pytest.fixture
def http(installation):
    """
    The API, as a client sees it.
    """
    return Http(app, admin=str(installation.admin_pak))


@pytest.fixture
def issuer():
    """
    A CI's issuer of ID tokens, for one test alone.
    """
    made = Issuer()
    yield made
    made.close()
