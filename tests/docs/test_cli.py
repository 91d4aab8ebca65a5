"""
What docs/cli.md says of the command line.
"""

import re
from pathlib import Path

import click
import pytest

from cli.__main__ import cli
from cli.errors import Exit
from cli.settings import Flags

PAGE = Path("docs/cli.md").read_text()


def commands(group, before=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def section(title):
    return re.split(r"^#+ ", PAGE.split(f"# {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_the_page_lists_exactly_the_commands_that_are_there():
    listed = re.findall(r"^\| `([a-z ]+)` \|", section("Commands"), re.MULTILINE)

    assert sorted(listed) == sorted(name for name, _ in commands(cli))


def test_every_command_has_an_answer_for_programs():
    cells = re.findall(r"^\| (`.*?`) \|", section("For programs"), re.MULTILINE)
    listed = {name for cell in cells for name in re.findall(r"`([a-z ]+)`", cell)}

    assert listed == {name for name, _ in commands(cli)}


@pytest.mark.parametrize(("name", "command"), list(commands(cli)))
def test_every_command_shows_in_its_help_how_it_is_called(name, command):
    assert f"  brokkr {name}" in (command.epilog or "")


@pytest.mark.parametrize(
    "option", sorted({"--broker-url", "--pak", "--pak-file", "--pak-stdin", "--config", "--output"})
)
def test_every_command_takes_the_flags_of_all(option):
    for _, command in commands(cli):
        assert option in [name for one in command.params for name in one.opts]
    assert option in PAGE
    assert option.strip("-").replace("-", "_") in Flags.__dataclass_fields__


def test_the_exit_codes_are_those_that_there_are():
    listed = re.findall(r"^\| (\d) \|", section("Exit codes"), re.MULTILINE)

    assert [int(code) for code in listed] == sorted(Exit)


def test_every_command_line_of_the_page_is_one():
    names = {name.split()[0] for name, _ in commands(cli)}

    used = re.findall(r"^\$ brokkr ([a-z]+)", PAGE, re.MULTILINE)

    assert used
    assert set(used) <= names
