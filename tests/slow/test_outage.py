"""
A broker whose store is away.
"""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def broker_without_store():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    command = [sys.executable, "-m", "broker", "serve", "--port", "0", "--workers", "1"]
    command += ["--dynamodb-endpoint", f"http://127.0.0.1:{port}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as it:
        yield re.search(r"http://\S+?(?=,)", it.stdout.readline())[0]
        it.terminate()


@pytest.mark.parametrize("path", ["/readyz", "/api/v1/stacks"])
def test_a_store_that_is_away_is_a_503_that_says_try_again(broker_without_store, path):
    """
    A client retries a 503; a 500 makes it give up, and an operator look for a bug.
    """
    request = urllib.request.Request(broker_without_store + path, headers={"Authorization": "brokkr_BRabcdef_secret"})

    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=60):
        pass

    with refused.value as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"
        assert json.load(answer)["code"] == "unavailable"


def test_a_broker_whose_store_is_away_still_lives(broker_without_store):
    with urllib.request.urlopen(broker_without_store + "/healthz", timeout=60) as answer:
        assert answer.read() == b"OK"
