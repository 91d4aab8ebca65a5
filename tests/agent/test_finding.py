import io

import pytest

from agent.finding import Finding, show

FINE = Finding("broker", "it is ready")
WRONG = Finding("PAK", "Łódź does not know it", "make another")


def shown(encoding, *findings):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    is_well = show(findings, out)
    return is_well, raw.getvalue().decode(encoding).splitlines()


def test_each_is_one_line_and_what_to_do_another():
    is_well, lines = shown("utf-8", FINE, WRONG)

    assert not is_well
    assert lines == [
        "✓ broker          it is ready",
        "✗ PAK             Łódź does not know it",
        "                  → make another",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_marks_gets_words(encoding):
    _, lines = shown(encoding, FINE, WRONG)

    assert lines[0] == "ok broker          it is ready"
    assert lines[1].startswith("NO PAK             ?")
    assert lines[2] == "                   -> make another"


def test_all_well_is_well():
    is_well, _ = shown("utf-8", FINE)

    assert is_well
