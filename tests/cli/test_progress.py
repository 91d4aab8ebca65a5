import io
import re

import pytest

from cli.progress import progress
from cli.rollouts import Rollout
from cli.screen import Screen
from tests.support.rollout_rows import agent_row, rollout_row

CONTROL = re.compile(r"\x1b\[[?\d;]*[A-Za-z]|\r")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def screen(out=None, **env):
    return Screen(env, out or io.StringIO(), io.StringIO())


def show(screen, *rows):
    with progress(screen, "web") as shown:
        for number, row in enumerate(rows, start=1):
            shown.show(Rollout.of(row, None), is_over=number == len(rows))
    return screen.out.getvalue()


PENDING = rollout_row("pending", agent_row("pending"), agent_row("pending", "edge-2"))
ONE_OF_TWO = rollout_row(
    "progressing",
    agent_row("healthy", pods_ready=2, pods_total=2),
    agent_row("pending", "edge-2"),
)
RESOURCE = {"kind": "Deployment", "namespace": "shop", "name": "web", "ready": False, "message": "0 of 2\nare up"}
BOTH = rollout_row("failed", *ONE_OF_TWO["agents"][:1], agent_row("failed", "edge-2", resources=[RESOURCE]))


def test_in_a_pipe_each_change_is_a_line():
    assert show(screen(), PENDING, ONE_OF_TWO, ONE_OF_TWO, BOTH).splitlines() == [
        "edge-1 (edge): pending",
        "edge-2 (edge): pending",
        "edge-1 (edge): healthy, 2/2 pods ready",
        "edge-2 (edge): failed: Deployment/shop/web: 0 of 2 are up",
    ]


def test_that_nobody_is_reached_is_told_at_once_and_once():
    nobody = rollout_row("pending", message="no agent serves this stack")

    assert show(screen(), nobody, nobody) == "no agent serves this stack\n"


def test_github_folds_the_lines():
    printed = show(screen(GITHUB_ACTIONS="true"), PENDING).splitlines()

    assert (printed[0], printed[-1]) == ("::group::rollout of stack web", "::endgroup::")


def test_gitlab_folds_the_lines():
    printed = show(screen(GITLAB_CI="true"), PENDING)

    assert "section_start:" in printed
    assert ":rollout_of_stack_web\r\x1b[0Krollout of stack web\n" in printed
    assert printed.endswith(":rollout_of_stack_web\r\x1b[0K\n")


def test_where_the_answer_is_for_a_program_the_lines_go_to_stderr():
    quiet = screen()
    quiet.format = "json"

    assert show(quiet, PENDING) == ""
    assert "edge-1" in quiet.err.getvalue()


@pytest.mark.parametrize("columns", ["100", "30"])
def test_on_a_terminal_it_is_a_table_that_cuts_nothing_off(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)

    printed = show(screen(Terminal(), TERM="xterm"), PENDING, BOTH)

    assert "failed" in printed
    assert max(map(len, CONTROL.sub("\n", printed).splitlines())) <= int(columns)


def test_a_note_goes_above_the_table_and_afterwards_to_stderr():
    moved = screen(Terminal(), TERM="xterm")

    with progress(moved, "web") as shown:
        shown.show(Rollout.of(PENDING, None), is_over=False)
        moved.note("trying again [1]")
    moved.note("later")

    assert "trying again [1]" in moved.out.getvalue()
    assert moved.err.getvalue() == "later\n"


@pytest.mark.parametrize("sign", [{"CI": "true"}, {"CI": "1"}, {"GITLAB_CI": "true"}])
def test_a_pipeline_that_has_a_terminal_gets_lines(sign):
    """
    Some give their jobs one, and a table that moves is thousands of lines in a log.
    """
    assert "edge-1 (edge): pending\n" in show(screen(Terminal(), TERM="xterm", **sign), PENDING)
    assert "\x1b[?25l" in show(screen(Terminal(), TERM="xterm", CI="false"), PENDING)


def test_a_dumb_terminal_gets_lines():
    assert show(screen(Terminal(), TERM="dumb"), PENDING).startswith("edge-1 (edge): pending\n")
