import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

MEMORY = """
import re, sys
from pathlib import Path
from agent.reading import parse

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

before = peak()
manifests = parse(sys.stdin.read())
print(len(manifests), peak() - before)
"""

ITEM = """\
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: object-%d, labels: {app: web, tier: "%d"}, annotations: {note: this is number %d}}
  data:
    text: |
      a first line of it
      %s
    a: {b: [1, 2.5, yes, ~, text]}
"""


def test_a_list_of_four_thousand_objects_is_read_in_sixty_mebibytes():
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(ITEM % (n, n, n, "x" * 270) for n in range(4000))

    done = subprocess.run([sys.executable, "-c", MEMORY], input=text.encode(), env={}, capture_output=True, check=True)

    count, mebibytes = map(int, done.stdout.split())

    assert len(text) > 1_900_000
    assert count == 4000
    assert mebibytes <= 60
