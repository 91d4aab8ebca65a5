"""
What a pipeline that polls a rollout reads of the store, on a store that counts as DynamoDB does.
"""

import json
import subprocess
import sys

import pytest

from tools.borrowed import ROOT

pytestmark = pytest.mark.slow

MEASURE = """
import json
from benchmarks.rollout import measure
units = {one.what: one.value for one in measure(effort=0) if one.unit == "RU" and "unchanged" in one.what}
print(json.dumps(units))
"""


def test_an_unchanged_rollout_of_ten_agents_reads_four_units_at_most():
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)

    units = json.loads(done.stdout)
    for way, named in {
        "target": 2.5,
        "a label": 3,
        "an annotation": 3,
        "a label and an annotation": 3.5,
        "target, history of 10": 2.5,
    }.items():
        assert units[f"rollout by {way}, unchanged, object named, read units"] == named
        assert units[f"rollout by {way}, unchanged, object not named, read units"] == named + 0.5
