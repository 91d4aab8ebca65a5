"""
Chalice's own server, for whoever is used to it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from broker.local_store import find_dynoxide, free_port, open_store
from tools.borrowed import ROOT

pytestmark = pytest.mark.slow

CHALICE = Path(sys.executable).with_name("chalice")
TABLE = "brokkr-dev"  # as .chalice/config.json names it for the stage


@pytest.fixture
def store(tmp_path):
    command = [sys.executable, "-m", "broker", "init", "--data-dir", tmp_path, "--table", TABLE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    opened = open_store(find_dynoxide(os.environ), tmp_path, serving=False)
    opened.pak = said.split()[-1]
    yield opened
    opened.stop()


@pytest.fixture
def address(store, tmp_path):
    port = free_port()
    env = os.environ | {
        "BROKKR_DYNAMODB_ENDPOINT": f"http://127.0.0.1:{store.port}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    command = [CHALICE, "local", "--stage", "dev", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, env=env, stderr=log) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_it_serves_the_broker(address, store):
    """
    Its event has the path in another place than AWS's, and the body as bytes.
    """
    asked_until_it_listens(f"{address}/healthz")
    headers = {"Authorization": f"Bearer {store.pak}"}

    made = httpx.post(f"{address}/api/v1/generators", json={"name": "ci"}, headers=headers, timeout=30)

    assert made.status_code == 201, made.text
    found = httpx.get(f"{address}/api/v1/generators/{made.json()['generator']['id']}", headers=headers, timeout=30)
    assert found.json()["name"] == "ci"


def asked_until_it_listens(url):
    for _ in range(100):
        try:
            return httpx.get(url, timeout=30)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise TimeoutError(url)
