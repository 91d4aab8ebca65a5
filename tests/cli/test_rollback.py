import pytest

from tests.cli.conftest import CONFIG_MAP
from tests.support.command_line import Keyboard


@pytest.fixture
def history(brokkr, manifests):
    """
    A stack with three revisions: red, blue, and green.
    """
    for colour in ("red", "blue", "green"):
        (manifests / "app.yaml").write_text(CONFIG_MAP.replace("red", colour))
        brokkr("apply", "-f", manifests, "--stack", "web")


def test_the_last_text_that_differs_is_pushed_again_after_its_difference_is_shown(brokkr, history):
    done = brokkr("rollback", "web")

    assert done.code == 0
    assert "-  colour: green\n+  colour: blue" in done.out
    assert done.out.endswith('updated stack "web": new revision (sequence 4)\n')
    assert "blue" in brokkr("show", "web").out


def test_once_more_goes_back_to_where_it_came_from(brokkr, history):
    brokkr("rollback", "web")
    brokkr("rollback", "web")

    assert "green" in brokkr("show", "web").out


def test_a_revision_can_be_named(brokkr, history):
    brokkr("rollback", "web", "--to", "1")

    assert "red" in brokkr("show", "web").out


def test_to_the_newest_is_no_push(brokkr, history):
    assert brokkr("rollback", "web", "--to", "3").out == 'unchanged: stack "web" already current\n'


@pytest.mark.parametrize(
    ("typed", "code", "colour"), [("y\n", 0, "blue"), ("yes\n", 0, "blue"), ("\n", 1, "green"), ("", 1, "green")]
)
def test_on_a_terminal_somebody_is_asked(brokkr, history, typed, code, colour):
    done = brokkr("rollback", "web", stdin=Keyboard(typed))

    assert done.code == code
    assert 'push revision 2 of stack "web" again? [y/N]' in done.err
    assert colour in brokkr("show", "web").out


def test_with_yes_nobody_is_asked(brokkr, history):
    assert brokkr("rollback", "web", "--yes", stdin=Keyboard("")).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "9"], 'stack "web" has no revision 9 that could be pushed again'),
        ([], 'stack "web" has no earlier revision with another text'),
    ],
)
def test_what_is_not_there_cannot_be_pushed_again(brokkr, manifests, arguments, message):
    brokkr("apply", "-f", manifests, "--stack", "web")

    refused = brokkr("rollback", "web", *arguments)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"error: {message}\nhint: `brokkr history web` lists them\n"


def test_in_a_pipeline_with_a_terminal_nobody_is_asked(brokkr, history):
    assert brokkr("rollback", "web", stdin=Keyboard(""), env={"CI": "true"}).code == 0
