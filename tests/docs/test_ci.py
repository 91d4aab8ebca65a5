"""
What docs/ci.md says of the action and the component, and what both promise.
"""

import re
from pathlib import Path

import pytest
import yaml

from cli.errors import Exit
from cli.waiting import NOBODY_GRACE

PAGE = Path("docs/ci.md").read_text()
ACTION = yaml.safe_load(Path("action.yml").read_text())
SPEC, JOB = yaml.safe_load_all(Path("templates/brokkr.yml").read_text())
COMPONENTS_OWN = {"source", "job", "stage", "image"}


def rows(title):
    return dict(re.findall(r"^\| `([\w-]+)` \| .* \| (.+) \|$", table(title), re.MULTILINE))


def table(title):
    return PAGE.split(f"| {title} |")[1].split("\n\n")[0]


def test_the_page_has_every_input_of_the_action_with_its_default():
    told = rows("input")

    assert list(told) == list(ACTION["inputs"])
    for name, one in ACTION["inputs"].items():
        assert one.get("required", False) == (told[name] == "required")
        if one.get("default"):
            assert told[name] == f"`{one['default']}`"


def test_the_page_has_every_output_of_the_action():
    assert re.findall(r"^\| `([\w-]+)` \|", table("output"), re.MULTILINE) == list(ACTION["outputs"])


def test_the_component_takes_what_the_action_takes_but_no_pak():
    inputs = SPEC["spec"]["inputs"]

    assert set(inputs) == (set(ACTION["inputs"]) - {"pak"}) | COMPONENTS_OWN
    for name in set(inputs) & set(ACTION["inputs"]):
        default = ACTION["inputs"][name].get("default")
        assert str(inputs[name].get("default")).lower() == str(default).lower()


def test_the_page_has_every_exit_code():
    listed = re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)

    assert [int(code) for code in listed] == sorted(Exit)


def test_the_loop_waits_for_an_agent_as_long_as_brokkr_does():
    [seconds] = re.findall(r'"\$agents" = 0 \] && \[ "\$passed" -ge (\d+) \]', PAGE)

    assert int(seconds) == NOBODY_GRACE


@pytest.mark.parametrize(
    "script", [step["run"] for step in ACTION["runs"]["steps"]] + next(iter(JOB.values()))["script"]
)
def test_no_input_is_written_into_a_script(script):
    """
    It would be run: a stack that is called `$(…)` is a name and no command.
    """
    assert "${{" not in script
    assert "$[[" not in script
