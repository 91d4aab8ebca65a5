"""
The figures of several processes.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broker.counters import FOLDER, shared_counters

COUNT = """
import sys
from datetime import timedelta
from chalicelib.api import prometheus
from chalicelib.api.answered import Answered
from chalicelib.domain.units import Units
one = Answered(endpoint="/e", method="GET", status=200, took=timedelta(milliseconds=3), units=Units(0.5, 2))
for _ in range(int(sys.argv[1])):
    prometheus.count(one)
print(prometheus.exposition())
"""


@pytest.fixture
def env():
    own = dict(os.environ)
    with shared_counters(own):
        yield own


def counted(times, env):
    """
    A process that counts so many requests and says what it knows.
    """
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(times)], env=env, capture_output=True, text=True, check=True
    )
    families = text_string_to_metric_families(done.stdout)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_each_process_tells_the_sum_of_all_also_of_those_that_have_ended(env):
    counted(3, env)

    told = counted(4, env)

    assert told["brokkr_http_requests_total"] == 7
    assert told["brokkr_http_request_duration_seconds_count"] == 7
    assert told["brokkr_dynamodb_read_units_total"] == 3.5
    assert told["brokkr_dynamodb_write_units_total"] == 14


def test_nothing_is_left_when_the_server_has_ended():
    env = {}
    with shared_counters(env):
        folder = Path(env[FOLDER])
        assert list(folder.iterdir()) == []

    assert not folder.exists()
