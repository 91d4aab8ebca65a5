"""
docs/cost.md beside what the requests take now.
"""

import json
import subprocess
import sys

import pytest

from benchmarks.cost_page import PAGE, measured_in
from tools.borrowed import ROOT

pytestmark = pytest.mark.slow

MEASURE = """
import json
from benchmarks.cost import measure
print(json.dumps({name: [one.reads, one.writes, one.calls] for name, one in measure(times=1).items()}))
"""


def test_the_page_has_the_units_that_requests_take_now():
    """
    Milliseconds differ from run to run; units do not. `python -m benchmarks.cost` makes the page anew.
    """
    noted = {name: [one.reads, one.writes, one.calls] for name, one in measured_in(PAGE.read_text()).items()}

    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == noted
