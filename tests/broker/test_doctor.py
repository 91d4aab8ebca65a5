import io
from importlib.metadata import PackageNotFoundError

import pytest

from broker.__main__ import main
from broker.doctor import differing, versions
from broker.finding import Finding, show

FINDINGS = [Finding("table", "is there"), Finding("index", "is not", "make it")]


def test_a_finding_is_a_line_and_advice_another():
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")

    is_well = show(FINDINGS, out)

    out.seek(0)
    assert out.read() == "✓ table        is there\n✗ index        is not\n               → make it\n"
    assert not is_well


def test_a_terminal_without_the_marks_gets_words():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    is_well = show([Finding("table", "“is there”")], out)

    out.seek(0)
    assert out.read() == "ok table        ?is there?\n"
    assert is_well


def test_what_runs_here_is_what_was_pinned():
    (finding,) = versions()

    assert finding.todo is None
    assert "libraries as pinned" in finding.said


def test_libraries_that_are_not_as_pinned_are_named():
    """
    The agent's are not the broker's to judge.
    """
    required = [
        "botocore==1.44.5",
        'moto[dynamodb]==5.2.5; extra == "broker"',
        'httpx==0.28.1; extra == "agent"',
        "six==1",
    ]

    found = list(differing(required, installed))

    assert found == ["botocore 1.0 for 1.44.5", "moto 1.0 for 5.2.5", "no six"]


def installed(name):
    if name == "six":
        raise PackageNotFoundError(name)
    return "1.0"


def test_the_exit_code_says_whether_all_is_well(monkeypatch, capsys, tmp_path):
    """
    No store was named, so none is opened or made.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    for sign in ("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(sign)

    with pytest.raises(SystemExit) as end:
        main(["doctor", "--url", "http://127.0.0.1:1"])

    assert end.value.code == 1
    assert "Connection refused" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_url_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--url", "broker"])

    assert end.value.code == 2
    assert capsys.readouterr().err == "error: --url begins with http:// or https://\n"
