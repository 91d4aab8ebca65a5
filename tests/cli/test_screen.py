import io
import re

from cli.pipelines import pipeline_of
from cli.screen import GREEN, RED, Screen, columns

STYLE = re.compile(r"\x1b\[[\d;]*m")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def screen(out, **env):
    return Screen({"TERM": "xterm"} | env, out, io.StringIO())


def test_colour_is_for_terminals_that_want_it():
    assert screen(Terminal()).painted("live", GREEN) == "\x1b[32mlive\x1b[0m"
    assert screen(Terminal(), NO_COLOR="1").painted("live", GREEN) == "live"
    assert screen(io.StringIO()).painted("live", GREEN) == "live"
    assert screen(Terminal(), GITHUB_ACTIONS="true").painted("failed", RED) == "failed"


def test_a_table_in_a_pipe_is_aligned_and_never_cut():
    long = "x" * 300

    assert list(columns([("A", "B"), ("one", long), ("three", "")])) == [
        "A       B",
        f"one     {long}",
        "three",
    ]


def test_a_table_on_a_terminal_folds_what_is_too_long(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    out = Terminal()

    screen(out, NO_COLOR="1").table(("STACK", "MESSAGE"), [("web", "y" * 60)])

    assert max(map(len, STYLE.sub("", out.getvalue()).splitlines())) <= 30
    assert out.getvalue().count("y") == 60


def test_an_error_of_several_lines_is_one_command_of_github():
    github = pipeline_of({"GITHUB_ACTIONS": "true"})

    assert github.error("50%\r\nof all") == "::error::50%25%0D%0Aof all"
