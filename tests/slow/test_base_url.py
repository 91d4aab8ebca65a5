"""
A base URL that holds a stage's name: curl and the doctor, through sockets.
"""

import json
import subprocess
import sys

import pytest

from tests.support.stage import stage_before

pytestmark = pytest.mark.slow


@pytest.fixture
def base_url(broker):
    with stage_before(broker.url) as url:
        yield url


def test_curl_works_below_the_stage(broker, base_url):
    """
    As in the tutorial.
    """
    command = ["curl", "-sS", "--fail-with-body", "-X", "POST", f"{base_url}/api/v1/auth/pak"]

    done = subprocess.run([*command, "-H", f"Authorization: {broker.admin_pak}"], capture_output=True, check=True)

    assert json.loads(done.stdout)["admin"] is True


def test_the_doctor_works_below_the_stage(base_url):
    done = doctor(base_url)

    assert done.returncode == 0, done.stdout


def test_the_doctor_says_that_a_stage_is_missing(base_url):
    done = doctor(base_url.removesuffix("/prod"))

    assert done.returncode == 1
    assert "with a stage's prefix if it has one" in done.stdout


def doctor(url):
    command = [sys.executable, "-m", "broker", "doctor", "--url", url]
    return subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=60)
