import re
from collections import Counter
from pathlib import Path

import pytest

from app import app
from tests.support.document import promised_operations
from tests.support.public_client import client_operations, imported_operations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
ROW = re.compile(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", re.MULTILINE)
OUTSIDE = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/docs/openapi.json",
    "/swagger-ui",
    "/swagger-ui/{file}",
    "/internal/ws/agent",
}
OPERATION = re.compile(r"^\| `(\w+)` \| ([A-Z]+) `(/[^`]*)` \| ([a-z ]+) \| (.*?) ?\|$", re.MULTILINE)
OPERATIONS = {id: (method, path, state, how) for id, method, path, state, how in OPERATION.findall(PAGE.read_text())}
PROMISED = promised_operations()
DRIVEN = imported_operations(PAGE.parents[1] / "tests" / "sdk")


def test_the_page_lists_exactly_the_operations_that_are_there():
    listed = {
        path if path in OUTSIDE else f"/api/v1{path}": set(methods.split(", "))
        for path, methods in ROW.findall(PAGE.read_text())
    }

    assert listed == {path: set(methods) for path, methods in app.routes.items()}


def test_what_the_page_misses_is_not_there():
    missing = re.findall(r"`(/[^`]*)`", PAGE.read_text().partition("### What is not there yet")[2])

    assert missing
    assert not {f"/api/v1{path}" for path in missing} & set(app.routes)


def test_the_page_says_everything_once():
    lines = [line for line in PAGE.read_text().splitlines() if len(line) > len("| | Brokkr 0.9.1 | here |")]

    assert [line for line, times in Counter(lines).items() if times > 1] == []


def test_the_page_lists_every_operation_of_the_sdk():
    known = {one.id: (one.method.upper(), one.path) for one in client_operations()}

    assert {id: (method, path) for id, (method, path, *_) in OPERATIONS.items()} == known


@pytest.mark.parametrize("id", OPERATIONS)
def test_an_operation_is_promised_and_driven_by_the_sdk_where_the_page_says_that_it_is_there(id):
    _, _, state, how = OPERATIONS[id]

    is_there = (id in PROMISED, id in DRIVEN)

    assert is_there == ((False, False) if state == "not yet" else (True, True))
    assert state in ("works", "differs", "not yet")
    assert bool(how) == (state == "differs")
