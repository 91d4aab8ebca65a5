"""
A pipeline's command line as a process, at a real broker: in a pipe, and on a terminal.
"""

import os
import pty
import subprocess
from uuid import uuid4

import pytest

from benchmarks.servers import BIN

pytestmark = pytest.mark.slow

MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n"


@pytest.fixture
def env(broker, tmp_path):
    pak = broker.admin().new_generator(f"ci-{uuid4().hex[:8]}").pak
    mine = {"HOME": str(tmp_path), "BROKKR_BROKER_URL": broker.url, "BROKKR_PAK": pak, "TERM": "xterm-256color"}
    return {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")} | mine


def brokkr(env, *arguments, **how):
    command = [BIN / "brokkr", *arguments]
    return subprocess.run(command, env=env, text=True, check=False, timeout=60, **{"capture_output": True} | how)


def on_a_terminal(env, *arguments):
    """
    What it prints there.
    """
    ours, theirs = pty.openpty()
    brokkr(env, *arguments, capture_output=False, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    printed = b""
    try:
        while piece := os.read(ours, 65536):
            printed += piece
    except OSError:  # nobody has it open any more
        pass
    os.close(ours)
    return printed.decode()


def test_a_push_from_a_pipe_is_there(env):
    stack = f"stack-{uuid4().hex[:8]}"

    pushed = brokkr(env, "apply", "-f", "-", "--stack", stack, input=MANIFEST)

    assert (pushed.returncode, pushed.stderr) == (0, "")
    assert pushed.stdout == f'created stack "{stack}": first revision (sequence 1)\n'
    assert brokkr(env, "show", stack).stdout == MANIFEST
    assert brokkr(env, "diff", stack, "-f", "-", input=MANIFEST).returncode == 0


def test_a_login_serves_the_next_command(env):
    pak = env.pop("BROKKR_PAK")
    kept = brokkr(env, "login", "--pak-stdin", input=pak)
    del env["BROKKR_BROKER_URL"]

    whose = brokkr(env, "whoami")

    assert (kept.returncode, whose.returncode) == (0, 0)
    assert pak not in kept.stdout + kept.stderr + whose.stdout + whose.stderr


def test_a_terminal_gets_colour_unless_it_wants_none_and_a_pipe_gets_none(env, tmp_path):
    (tmp_path / "app.yaml").write_text(MANIFEST)
    asked = ("diff", "web", "-f", str(tmp_path / "app.yaml"))

    coloured, plain, piped = (
        on_a_terminal(env, *asked),
        on_a_terminal(env | {"NO_COLOR": "1"}, *asked),
        brokkr(env, *asked),
    )

    assert "\x1b[32m+kind: ConfigMap\x1b[0m" in coloured
    assert "\n+kind: ConfigMap\r\n" in plain
    assert "\x1b" not in plain + piped.stdout


def test_a_reader_that_goes_away_is_no_error(env):
    stack = f"stack-{uuid4().hex[:8]}"
    text = "---\n".join(MANIFEST.replace("app", f"app-{number}") for number in range(20_000))
    brokkr(env, "apply", "-f", "-", "--stack", stack, input=text)

    shown = subprocess.run(
        f"{BIN / 'brokkr'} show {stack} | head -1",
        shell=True,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (shown.stdout, shown.stderr) == ("apiVersion: v1\n", "")


def test_completion_is_clicks_own(env):
    made = brokkr(env | {"_BROKKR_COMPLETE": "bash_source"})

    assert "_BROKKR_COMPLETE=bash_complete" in made.stdout
    words = brokkr(env | {"_BROKKR_COMPLETE": "bash_complete", "COMP_WORDS": "brokkr ro", "COMP_CWORD": "1"})
    assert words.stdout.strip() == "plain,rollback"
