import json

from tests.cli.conftest import CONFIG_MAP
from tests.support.command_line import Troubled
from tests.support.factories import new_stack


def test_it_ends_with_0_where_nothing_would_change_and_with_1_where_something_would(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "web")
    same = brokkr("diff", "web", "-f", manifests)
    (manifests / "app.yaml").write_text(CONFIG_MAP.replace("red", "blue"))

    changed = brokkr("diff", "web", "-f", manifests)

    assert (same.code, same.out, same.err) == (0, "", "")
    assert changed.code == 1
    assert changed.out.splitlines()[0] == "changed: ConfigMap/app"
    assert "-  colour: red\n+  colour: blue" in changed.out


def test_another_text_with_the_same_objects_changes_nothing(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "web")
    (manifests / "app.yaml").write_text("# a comment\n" + CONFIG_MAP)

    assert brokkr("diff", "web", "-f", manifests).code == 0


def test_what_cannot_be_told_ends_with_2(brokkr, tmp_path):
    refused = brokkr("diff", "web", "-f", tmp_path / "nowhere")

    assert (refused.code, refused.out) == (2, "")


def test_nor_does_a_fault_of_ours_look_like_a_difference(brokkr, manifests):
    broken = Troubled(None, RuntimeError("out of order"))

    assert brokkr("diff", "web", "-f", manifests, transport=broken).code == 2


def test_against_a_stack_that_is_not_there_or_has_nothing_everything_is_new(brokkr, manifests, http, ci):
    none = brokkr("diff", "web", "-f", manifests)
    new_stack(http, ci, name="web")

    empty = brokkr("diff", "web", "-f", manifests)

    assert none.code == empty.code == 1
    assert none.out == empty.out
    assert none.out.startswith("added: ConfigMap/app\n")
    assert none.err == 'there is no stack "web" yet: everything would be new\n'


def test_after_a_deletion_marker_everything_is_new(brokkr, manifests, http, ci):
    brokkr("apply", "-f", manifests, "--stack", "web")
    (stack,) = http.get("/stacks", pak=ci.pak).json()
    marker = {"yaml_content": CONFIG_MAP, "is_deletion_marker": True}
    http.post(f"/stacks/{stack['id']}/deployment-objects", pak=ci.pak, json=marker)

    assert brokkr("diff", "web", "-f", manifests).out.startswith("added: ConfigMap/app\n")
    assert brokkr("apply", "-f", manifests, "--stack", "web").out.startswith("updated")


def test_the_answer_for_programs_lists_objects(brokkr, manifests):
    answer, names = (brokkr("diff", "web", "-f", manifests, "-o", format) for format in ("json", "name"))

    (row,) = json.loads(answer.out)
    assert {key: row[key] for key in ("object", "api_version", "kind", "namespace", "name", "change")} == {
        "object": "ConfigMap/app",
        "api_version": "v1",
        "kind": "ConfigMap",
        "namespace": "",
        "name": "app",
        "change": "added",
    }
    assert row["diff"].splitlines()[:2] == ["--- before: ConfigMap/app", "+++ after: ConfigMap/app"]
    assert names.out == "ConfigMap/app\n"
