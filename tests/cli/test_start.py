"""
What `brokkr` does before it does anything: each import is time that a pipeline waits.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import cli

PROGRAM = """
import json, sys
from cli.__main__ import main
main({arguments})
print(json.dumps(sorted(sys.modules)))
"""


def loaded(*arguments):
    program = PROGRAM.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_its_version_and_its_help_load_nothing_heavy():
    for arguments in (["--version"], ["apply", "--help"]):
        assert not {"httpx", "yaml", "rich", "chalicelib", "agent", "broker"} & loaded(*arguments)


def test_the_version_is_the_projects():
    project = tomllib.loads(Path("pyproject.toml").read_text())

    assert project["project"]["version"] == cli.VERSION
