"""
A table that was lost, and put back from its copy. On AWS, point-in-time recovery makes that copy; here `copy` does.
"""

import os
import subprocess
import sys

import pytest

from benchmarks.client import manifest
from benchmarks.servers import Broker, a_broker

pytestmark = pytest.mark.slow


def brokkr_broker(*arguments):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BROKKR_"))}
    command = [sys.executable, "-m", "broker", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def before():
    """
    A broker with a generator, an agent and three pushes.
    """
    with a_broker() as broker:
        admin = broker.admin()
        generator = admin.new_generator("ci")
        agent = admin.new_agent("edge", generator)
        stack = generator.new_stack("shop")
        admin.target(agent, stack)
        for number in range(3):
            generator.push(stack, manifest(text=str(number)))
        broker.callers = (generator, agent, stack)
        yield broker


@pytest.fixture
def restored(before):
    """
    A broker on another table of the same store.
    """
    data = str(before.data_dir)
    copied = brokkr_broker("copy", "--from-table", "brokkr", "--table", "restored", "--data-dir", data)
    assert copied.returncode == 0, copied.stderr
    before.stop()
    broker = Broker(before.data_dir, "restored")
    broker.admin_pak = before.admin_pak
    broker.start()
    yield broker
    broker.stop()


def test_a_restored_broker_knows_its_callers_and_goes_on_where_it_was(before, restored):
    generator, agent, stack = before.callers

    pushed = restored.meet(generator).push(stack, manifest(text="after"))
    wanted = restored.meet(agent).poll().json()

    assert pushed["sequence_id"] == 4
    assert [(one["id"], one["sequence_id"]) for one in wanted] == [(pushed["id"], 4)]
    assert len(restored.meet(generator).objects(stack)) == 4


def test_the_doctor_is_content_with_a_restored_table(before, restored):
    done = brokkr_broker("doctor", "--table", "restored", "--data-dir", str(before.data_dir))

    assert done.returncode == 0, done.stdout


def test_nothing_is_copied_into_a_broker_that_is_there(before):
    refused = brokkr_broker("copy", "--from-table", "brokkr", "--data-dir", str(before.data_dir))

    assert refused.returncode == 1
    assert "copy into an empty one" in refused.stderr
