import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

TEXT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: é}\ndata: {a: yes}\n"
LINE = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"é"},"data":{"a":true}}\n'

LIBRARIES = """
import sys
from agent.__main__ import main
code = main(["render", "-"])
print({"httpx", "urllib3", "kubernetes"} & set(sys.modules), code)
"""


def python(*args, stdin):
    done = subprocess.run([sys.executable, *args], input=stdin.encode(), env={}, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_process_shows_what_it_reads():
    assert python("-m", "agent", "render", "-", stdin=TEXT) == LINE


def test_neither_the_brokers_nor_the_clusters_library_is_loaded():
    assert python("-c", LIBRARIES, stdin=TEXT) == f"{LINE}set() 0\n"
