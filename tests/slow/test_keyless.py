"""
A job is let in by a broker with its processes and threads on a real store, and the operator changes his mind.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.issuer import SUBJECT

pytestmark = pytest.mark.slow

LISTENING = re.compile(r"Listening on (http://\S+), ")
WORKERS = 2


@pytest.fixture
def command(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BROKKR_"))}
    env["BROKKR_OIDC_HTTP_ON_LOOPBACK"] = "true"

    def words(*arguments):
        return {"args": [sys.executable, "-m", "broker", *arguments, "--data-dir", str(tmp_path / "data")], "env": env}

    return words


@pytest.fixture
def run(command):
    def run_it(*arguments):
        done = subprocess.run(**command(*arguments), capture_output=True, text=True, check=True, timeout=60)
        return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)

    return run_it


@pytest.fixture
def trust(run, issuer):
    run("init")
    generator = run("create", "generator", "--name", "ci")["ID"]
    return run("trust", "generator", "--uuid", generator, "--issuer", issuer.url, "--subject", SUBJECT)


@pytest.fixture
def url(command, trust, tmp_path):
    log = tmp_path / "broker.out"
    with log.open("wb") as out:
        serving = subprocess.Popen(**command("serve", "--port", "0", "--workers", str(WORKERS)), stdout=out, stderr=out)
    while not (found := LISTENING.search(log.read_text())):
        assert serving.poll() is None, log.read_text()
        time.sleep(0.02)
    yield f"{found[1]}/api/v1"
    serving.terminate()
    serving.wait(30)


def test_many_jobs_at_once_cost_the_issuer_little_and_a_removed_trust_stops_them_all(run, issuer, trust, url):
    token = issuer.token()

    def exchange(_):
        return httpx.post(f"{url}/auth/oidc", json={"token": token}, timeout=30)

    def status(pak):
        return httpx.post(f"{url}/auth/pak", headers={"Authorization": pak}, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(exchange, range(48)))
        paks = {answer.json()["token"] for answer in answers}
        before = set(pool.map(status, paks))
        run("trust", "remove", "--id", trust["ID"])
        after = set(pool.map(status, paks))

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["generator"] for answer in answers} == {trust["Generator"]}
    assert (len(paks), before, after) == (48, {200}, {401})
    assert len(issuer.asked) <= 2 * WORKERS
