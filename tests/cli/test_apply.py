"""
What `brokkr apply` prints, and what is there afterwards.
"""

import json

import httpx
import pytest

from app import app
from tests.support.command_line import Troubled
from tests.support.factories import new_generator, new_stack
from tests.support.transport import BrokerTransport

GITHUB = {"GITHUB_ACTIONS": "true"}


def objects(http, ci, name="web"):
    (stack,) = [one for one in http.get("/stacks", pak=ci.pak).json() if one["name"] == name]
    return http.get(f"/stacks/{stack['id']}/deployment-objects", pak=ci.pak).json()


def test_the_first_push_creates_the_stack_the_same_again_changes_nothing_and_another_updates_it(brokkr, manifests):
    first = brokkr("apply", "-f", manifests, "--stack", "web")
    same = brokkr("apply", "-f", manifests, "--stack", "web")
    (manifests / "more.yml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n")

    changed = brokkr("apply", "-f", manifests, "--stack", "web")

    assert first.out == 'created stack "web": first revision (sequence 1)\n'
    assert same.out == 'unchanged: stack "web" already current\n'
    assert changed.out == 'updated stack "web": new revision (sequence 2)\n'
    assert [(one.code, one.err) for one in (first, same, changed)] == [(0, "")] * 3


def test_a_stack_that_has_no_revision_yet_is_created_by_its_first(brokkr, manifests, http, ci):
    new_stack(http, ci, name="web")

    assert brokkr("apply", "-f", manifests, "--stack", "web").out.startswith('created stack "web"')


def test_labels_and_annotations_are_added_and_those_that_are_there_stay(brokkr, manifests, http, ci):
    stack = new_stack(http, ci, name="web")
    flags = ("--target-label", "env:prod", "--target-label", "eu", "--annotation", "team=a=b")

    codes = [brokkr("apply", "-f", manifests, "--stack", "web", *flags).code for _ in range(2)]

    labels = http.get(f"/stacks/{stack}/labels", pak=ci.pak).json()
    annotations = http.get(f"/stacks/{stack}/annotations", pak=ci.pak).json()
    assert codes == [0, 0]
    assert [one["label"] for one in labels] == ["env:prod", "eu"]
    assert [(one["key"], one["value"]) for one in annotations] == [("team", "a=b")]


def test_an_annotation_with_another_value_is_refused_before_anything_is_pushed(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "web", "--annotation", "team=a")
    (manifests / "app.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n")

    refused = brokkr("apply", "-f", manifests, "--stack", "web", "--annotation", "team=b")

    assert refused.code == 1
    assert "annotation team of stack \"web\" is 'a', not 'b'" in refused.err


def test_without_create_a_mistyped_name_is_refused_with_the_nearest(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "website")

    refused = brokkr("apply", "-f", manifests, "--stack", "webstie", "--no-create")

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == 'error: there is no stack "webstie"\nhint: did you mean website?\n'


def test_the_answer_for_programs_names_what_was_pushed(brokkr, manifests, http, ci):
    answer = brokkr("apply", "-f", manifests, "--stack", "web", "-o", "json")
    name = brokkr("--output", "name", "apply", "-f", manifests, "--stack", "web")

    (pushed,) = objects(http, ci)
    assert json.loads(answer.out) == {
        "stack": "web",
        "stack_id": pushed["stack_id"],
        "result": "created",
        "deployment_object_id": pushed["id"],
        "sequence_id": 1,
        "yaml_checksum": pushed["yaml_checksum"],
        "rollout": None,
    }
    assert name.out == f"{pushed['id']}\n"


def test_a_push_whose_answer_is_lost_is_the_same_push_when_it_is_tried_again(brokkr, manifests, http, ci):
    lost = httpx.ReadError("connection reset by peer")
    transport = Troubled(BrokerTransport(app), lost, to="POST", path="/deployment-objects", after=True)

    done = brokkr("apply", "-f", manifests, "--stack", "web", transport=transport)

    assert done.out == 'created stack "web": first revision (sequence 1)\n'
    assert "trying again in" in done.err
    assert len(objects(http, ci)) == 1


def test_a_key_that_is_given_is_the_pushs(brokkr, manifests):
    brokkr("apply", "-f", manifests, "--stack", "web", "--idempotency-key", "mine")

    assert brokkr.asked[-1].headers["idempotency-key"] == "mine"


def test_manifests_come_from_stdin(brokkr, http, ci):
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: more}\n\n\n"

    brokkr("apply", "-f", "-", "--stack", "web", stdin=text)

    assert objects(http, ci)[0]["yaml_content"] == text.rstrip() + "\n"


def test_a_name_that_another_generator_has_is_told(brokkr, manifests, http):
    new_stack(http, new_generator(http), name="web")

    refused = brokkr("apply", "-f", manifests, "--stack", "web")

    assert refused.code == 1
    assert "409 unique_violation" in refused.err
    assert "another generator has a stack of this name" in refused.err


def test_the_admins_pak_pushes_nothing(brokkr, manifests, http):
    refused = brokkr("apply", "-f", manifests, "--stack", "web", "--pak", http.admin)

    assert refused.code == 1
    assert "this needs a generator's PAK, and the one given is the admin's" in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["apply", "--stack", "web"], "Missing option '-f' / '--filename'."),
        (["apply", "-f", "x"], "Missing option '--stack'."),
        (["apply", "-f", "x", "--stack", "web", "--annotation", "team"], "'team' is not KEY=VALUE"),
        (["apply", "-f", "x", "--stack", "web", "--wait=soon"], "'soon' is no span of time such as 90s"),
        (
            ["apply", "-f", "x", "--stack", "web", "--idempotency-key", "a\nb"],
            "must be 1 to 255 visible ASCII characters",
        ),
        (["frob"], "No such command 'frob'."),
        (["wait", "web", "--for", "ever"], "'ever' is not one of 'live', 'applied'."),
    ],
)
def test_a_usage_error_ends_with_2_and_says_where_help_is(brokkr, arguments, message):
    refused = brokkr(*arguments)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: ")
    assert message in refused.err
    assert refused.err.splitlines()[-1].endswith("--help")
    assert not brokkr.asked


def test_in_github_a_failure_is_one_line_that_its_log_marks(brokkr, manifests):
    refused = brokkr("apply", "-f", manifests, "--stack", "web", "--no-create", env=GITHUB)

    assert refused.err == (
        '::error::there is no stack "web"%0Ahint: `brokkr stacks` lists those that this PAK can see\n'
    )
