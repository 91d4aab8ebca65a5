"""
What a pipeline that polls a rollout reads of the store, and what an agent's health writes, on a store that counts as
DynamoDB does.
"""

import json
import subprocess
import sys

import pytest

from tools.borrowed import ROOT

pytestmark = pytest.mark.slow

MEASURE = """
import json
from benchmarks.{} import measure
print(json.dumps({{one.what: one.value for one in measure(effort=0)}}))
"""


def measured(figure):
    command = [sys.executable, "-c", MEASURE.format(figure)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_an_unchanged_rollout_of_ten_agents_reads_four_units_at_most():
    units = measured("rollout")

    for way, named in {
        "target": 2.5,
        "a label": 3,
        "an annotation": 3,
        "a label and an annotation": 3.5,
        "target, history of 10": 2.5,
    }.items():
        assert units[f"rollout by {way}, unchanged, object named, read units"] == named
        assert units[f"rollout by {way}, unchanged, object not named, read units"] == named + 0.5


def test_health_writes_a_unit_for_each_record_that_changes():
    """
    The agent's own record is one of them, which says what it confirms and which of its stacks are not well.
    """
    units = measured("units")

    of_ten = {
        "the same again": 0,
        "the same again, once a minute": 1,
        "each in other words": 10,
        "of one that begins to be degraded": 2,
        "each begins to fail": 11,
    }
    of_one = {
        "the same again": 0,
        "the same again, once a minute": 1,
        "each in other words": 1,
        "of one that begins to be degraded": 2,
    }
    for what, expected in (("10 objects", of_ten), ("1 object", of_one)):
        assert {case: units[f"health of {what}, {case}, write units"] for case in expected} == expected


def test_a_pipeline_that_waits_asks_ever_less_often():
    asked = measured("waiting")

    minutes = ("the first minute", "the second", "each after that")
    assert [asked[f"`--wait` for ten agents, {minute}: requests"] for minute in minutes] == [45, 30, 12]
    assert all(asked[f"`--wait` for ten agents, {minute}: read units"] for minute in minutes)
