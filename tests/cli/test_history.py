import json

import pytest

from tests.cli.conftest import CONFIG_MAP
from tests.support.factories import new_stack


@pytest.fixture
def web(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "web")
    (manifests / "app.yaml").write_text(CONFIG_MAP.replace("red", "blue"))
    brokkr("apply", "-f", manifests, "--stack", "web")


def test_revisions_are_listed_the_newest_first(brokkr, web):
    head, *rows = brokkr("history", "web").out.splitlines()

    assert head.split() == ["REVISION", "PUSHED", "WHAT", "CHECKSUM", "ID"]
    assert [row.split()[0] for row in rows] == ["2", "1"]
    assert brokkr("history", "web", "-o", "name").out == "2\n1\n"


def test_a_text_is_printed_as_it_was_pushed(brokkr, web):
    newest, first = brokkr("show", "web"), brokkr("show", "web", "--revision", "1")

    assert newest.out == CONFIG_MAP.replace("red", "blue")
    assert first.out == CONFIG_MAP


def test_for_programs_it_comes_with_its_revision(brokkr, web):
    shown, listed = (json.loads(brokkr(command, "web", "-o", "json").out) for command in ("show", "history"))

    text = shown.pop("yaml_content")
    assert "blue" in text
    assert shown == listed[0]
    assert set(shown) == {"sequence_id", "id", "submitted_at", "yaml_checksum", "is_deletion_marker"}


def test_what_is_not_there_is_told(brokkr, web, http, ci):
    new_stack(http, ci, name="empty")

    missing = brokkr("show", "web", "--revision", "7")

    assert missing.err == 'error: stack "web" has no revision 7\nhint: `brokkr history web` lists them\n'
    assert 'stack "empty" has no revisions' in brokkr("show", "empty").err
    assert brokkr("history", "empty").out == 'stack "empty" has no revisions\n'
