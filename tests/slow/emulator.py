"""
An AWS on this machine, and the project's own commands pointed at it.
"""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from broker.local_store import die_with, free_port
from tools.borrowed import ROOT, bin_folder

BIN = Path(sys.executable).parent
PINS = Path(__file__).with_name("ministack.txt")
REGION = "eu-central-1"
SETTINGS = {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "LAMBDA_EXECUTOR": "local"}
STARTS_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Emulator:
    url: str

    @property
    def env(self):
        return surroundings() | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }

    def run(self, *command, cwd=ROOT, **more):
        """
        What a command says on either stream. Raises CalledProcessError, with that in a note, when it fails.
        """
        done = subprocess.run(command, cwd=cwd, env=self.env | more, capture_output=True, text=True, check=False)
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as error:
            error.add_note(done.stdout + done.stderr)
            raise
        return done.stdout + done.stderr

    def tools_deploy(self, command, stage, *more, source=ROOT):
        """
        As `make deploy` runs it.
        """
        return self.run(sys.executable, "-m", "tools.deploy", command, "--stage", stage, "--yes", *more, cwd=source)

    def address(self, said):
        """
        Where the emulator serves the API whose address AWS would have: that is not in this machine's DNS.
        """
        api, stage = re.search(r"https://(\w+)\.execute-api\.[^/]+/(\w+)", said).groups()
        return f"{self.url}/restapis/{api}/{stage}/_user_request_"

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )


def surroundings():
    """
    Without anybody's brokers and accounts.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(("BROKKR_", "AWS_"))}


@contextmanager
def an_emulator(folder):
    program = bin_folder("ministack==1.5.33", "aws-sam-translator==1.115.0", "-c", str(PINS)) / "ministack"
    port = free_port()
    env = surroundings() | SETTINGS | {"GATEWAY_PORT": str(port), "TMPDIR": str(folder)}
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [program],
            cwd=folder,
            env=env,
            stdout=log,
            stderr=log,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - as the local store does: there is no other way
        )
    try:
        await_health(f"http://127.0.0.1:{port}", process)
        yield Emulator(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def await_health(url, process):
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/_ministack/health").close()
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, "ministack ended at its start"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
