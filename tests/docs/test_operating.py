"""
What docs/operating.md tells an operator to type.
"""

import json
import re
from pathlib import Path

import pytest

from broker.__main__ import cli
from chalicelib.api.logs import JsonFormatter

PAGE = Path("docs/operating.md").read_text()
FIELD = re.compile(r"(?:filter|and|by) (?!bin)(\w+)|(?:pct|sum|max)\((\w+)")
ON_THE_FIRST_LINE = {"import_ms"}
COMMAND = re.compile(r"brokkr-broker ([a-z]+)(?: ([a-z]+))?")


def test_log_queries_name_fields_that_lines_have(http, caplog):
    queries = next(block for block in PAGE.split("```") if block.startswith("text"))
    fields = {name for names in FIELD.findall(queries) for name in names if name}

    http.get("/agents", pak=http.admin)

    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert fields >= {"message", "status", "ms", "route", "read_units"}
    assert fields <= set(line) | ON_THE_FIRST_LINE


@pytest.mark.parametrize("words", sorted(set(COMMAND.findall(PAGE))))
def test_every_command_of_the_page_is_there(words):
    command = cli
    for word in words:
        if hasattr(command, "commands") and word:
            command = command.commands[word]

    assert not hasattr(command, "commands")
