"""
The real dynoxide, and its folder, lock and life.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from broker.local_store import GuestStore, OwnStore, StoreUnavailable, find_dynoxide, is_alive, listens, open_store

pytestmark = pytest.mark.slow

BROKER = """
import signal, sys
from pathlib import Path
from broker.local_store import open_store
store = open_store(Path(sys.argv[1]), Path(sys.argv[2]), serving=True)
print(store.port, store.process.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def dynoxide():
    binary = find_dynoxide(os.environ)
    assert binary, "dynoxide is missing: `make setup` installs it"
    return binary


@pytest.fixture
def broker(dynoxide, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", BROKER, dynoxide, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        process.port, process.store_pid = map(int, process.stdout.readline().split())
        yield process
        process.kill()


@pytest.fixture
def opened(dynoxide, tmp_path):
    stores = []

    def open_one(*, serving=False, patience=10.0):
        stores.append(open_store(dynoxide, tmp_path, serving=serving, patience=patience))
        return stores[-1]

    yield open_one
    for store in stores:
        store.stop()


def client(port):
    return boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def create_table(port):
    client(port).create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )


def wait_until(true, *, within=10.0):
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_command_is_the_guest_of_a_running_broker(broker, opened):
    store = opened()

    assert store == GuestStore(broker.port)


def test_a_second_broker_is_refused(broker, opened):
    with pytest.raises(StoreUnavailable, match="already serving"):
        opened(serving=True)


def test_a_command_waits_for_another_command(opened):
    opened()

    with pytest.raises(StoreUnavailable, match="in use"):
        opened(patience=0.2)


def test_the_folder_is_the_users_alone(dynoxide, tmp_path):
    store = open_store(dynoxide, tmp_path / "data", serving=False)

    store.stop()

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="a child is bound to its parent by Linux alone")
def test_a_killed_broker_takes_its_store_along(broker, opened):
    broker.kill()
    broker.wait()

    wait_until(lambda: not listens(broker.port))
    assert isinstance(opened(serving=True), OwnStore)


def test_what_was_acknowledged_survives_a_kill_of_both(broker, opened):
    create_table(broker.port)
    table = client(broker.port)
    for number in range(50):
        table.put_item(TableName="things", Item={"pk": {"S": str(number)}})
    os.kill(broker.store_pid, signal.SIGKILL)
    broker.kill()
    broker.wait()

    store = opened(serving=True)

    assert client(store.port).scan(TableName="things")["Count"] == 50


def test_a_store_that_died_is_started_again_where_it_was(opened):
    store = opened(serving=True)
    port = store.port
    os.kill(store.process.pid, signal.SIGKILL)
    store.process.wait()

    store.keep()

    assert listens(port)


def test_the_store_of_a_dead_broker_is_stopped_by_the_next(dynoxide, tmp_path, opened):
    """
    What happens where the kernel cannot end a child with its parent.
    """
    orphaned = opened(serving=True)
    lock_file = tmp_path / "brokkr.lock"
    lock_file.write_text(lock_file.read_text().replace(str(os.getpid()), str(ended_pid())))

    store = open_store(dynoxide, tmp_path, serving=True)
    store.stop()

    assert orphaned.process.wait(5) is not None


def ended_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert not is_alive(process.pid)
    return process.pid


def test_a_binary_that_does_not_run_is_named(tmp_path):
    with pytest.raises(StoreUnavailable, match="/nowhere/dynoxide does not run"):
        open_store(Path("/nowhere/dynoxide"), tmp_path, serving=False)
