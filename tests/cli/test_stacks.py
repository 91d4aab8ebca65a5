import json

import pytest
import yaml

from tests.support.command_line import Keyboard
from tests.support.factories import new_generator, new_stack


def names(http, ci):
    return [stack["name"] for stack in http.get("/stacks", pak=ci.pak).json()]


def test_a_generators_own_stacks_are_listed_by_name(brokkr, http, ci):
    new_stack(http, ci, name="web", description="the shop")
    new_stack(http, ci, name="api")
    new_stack(http, new_generator(http), name="foreign")

    listed = brokkr("stacks")

    head, *rows = listed.out.splitlines()
    assert head.split() == ["STACK", "CREATED", "ID", "DESCRIPTION"]
    assert [row.split()[0] for row in rows] == ["api", "web"]
    assert rows[1].endswith("the shop")


@pytest.mark.parametrize(("format", "parse"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_for_programs_with_all_that_is_known(brokkr, http, ci, format, parse):
    id = new_stack(http, ci, name="web")

    (row,) = parse(brokkr("stacks", "-o", format).out)

    assert set(row) == {"name", "id", "generator_id", "created_at", "description"}
    assert (row["name"], row["id"], row["generator_id"]) == ("web", id, ci.id)


def test_without_stacks_it_says_so(brokkr):
    assert brokkr("stacks").out == "no stacks\n"
    assert brokkr("stacks", "-o", "json").out == "[]\n"
    assert brokkr("stacks", "-o", "name").out == ""


def test_a_stack_is_deleted_once_its_name_was_typed(brokkr, http, ci):
    new_stack(http, ci, name="web")

    other = brokkr("delete", "web", stdin=Keyboard("wbe\n"))
    there = names(http, ci)
    done = brokkr("delete", "web", stdin=Keyboard("web\n"))

    assert (other.code, there) == (1, ["web"])
    assert (done.code, names(http, ci)) == (0, [])


def test_where_nobody_can_be_asked_only_yes_deletes(brokkr, http, ci):
    new_stack(http, ci, name="web")

    refused = brokkr("delete", "web")
    there = names(http, ci)
    done = brokkr("delete", "web", "--yes")

    assert (refused.code, there) == (2, ["web"])
    assert "--yes deletes it without" in refused.err
    assert (done.code, names(http, ci)) == (0, [])
