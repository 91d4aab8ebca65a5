"""
What a push refuses. Every fault of its body is 400 `invalid_deployment_object`, and comes after the stack's own.
"""

import gzip
import json
from uuid import uuid4

import pytest

from chalicelib.domain.manifests import MAX_BYTES
from tests.support.operations import OPERATIONS
from tests.support.world import config_map, rows

PUSH = next(one for one in OPERATIONS if one.route.startswith("POST") and one.path.endswith("/deployment-objects"))
REFUSED = (400, "invalid_deployment_object")
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{before}'] * 9)}]\n" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
)

MANIFESTS = {
    "nothing": ("", "yaml_content"),
    "blank": (" \n\n\t ", "yaml_content"),
    "only comments": ("# nothing\n# here\n", "yaml_content"),
    "only separators": ("---\n---\n", "yaml_content"),
    "a scalar": ("hello", "document 1"),
    "a list": ("- apiVersion: v1\n", "document 1"),
    "no apiVersion": ("kind: ConfigMap\nmetadata: {name: a}\n", "apiVersion"),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\n", "kind"),
    "no metadata": ("apiVersion: v1\nkind: ConfigMap\n", "metadata"),
    "no name": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "metadata.name"),
    "an empty name": ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ''}\n", "metadata.name"),
    "a null kind": ("apiVersion: v1\nkind: null\nmetadata: {name: a}\n", "kind"),
    "a kind that is a list": ("apiVersion: v1\nkind: [a]\nmetadata: {name: a}\n", "kind"),
    "a key twice": ("apiVersion: v1\nkind: A\nkind: B\nmetadata: {name: a}\n", "line 3"),
    "the second document": (config_map("a") + "---\nkind: ConfigMap\n", "document 2 (line 6)"),
    "an object in a List": (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: {name: a}\n- kind: B\n",
        "item 2",
    ),
    "tabs": ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", "line 4"),
    "an open bracket": ("apiVersion: [v1\nkind: ConfigMap\n", "line"),
    "an unknown alias": ("apiVersion: *nothing\n", "line 1"),
    "an alias to itself": ("apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &a [*a]\n", "line 4"),
    "a bomb": (BOMB + config_map("a"), "aliases"),
    "deep nesting": (config_map("a") + "x: " + "[" * 100_000 + "]" * 100_000, "deep"),
    "a control character": (config_map("a\x07"), "line 4"),
}


def outcome(answer, hint=""):
    said = answer.json
    return answer.status, said["code"], hint in said["message"]


@pytest.mark.parametrize("content_type", ["application/yaml", "text/yaml", "application/x-yaml; charset=utf-8"])
@pytest.mark.parametrize(("manifest", "hint"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_is_refused_by_document_and_line(manifest, hint, content_type, world):
    before = rows(world.table)

    answer = world.ask(PUSH, manifest.encode(), content_type=content_type)

    assert outcome(answer, hint) == (*REFUSED, True)
    assert rows(world.table) == before


@pytest.mark.parametrize(("manifest", "hint"), MANIFESTS.values(), ids=MANIFESTS)
def test_json_brings_a_manifest_no_further(manifest, hint, world):
    before = rows(world.table)

    answer = world.ask(PUSH, {"yaml_content": manifest})

    assert outcome(answer, hint) == (*REFUSED, True)
    assert rows(world.table) == before


def test_a_manifest_of_four_mebibytes_is_taken_and_one_byte_more_is_not(world):
    start = config_map("large") + "#"
    largest = (start + "x" * (MAX_BYTES - len(start))).encode()
    before = rows(world.table)

    refused = world.ask(PUSH, largest + b"x", content_type="application/yaml")

    assert outcome(refused, "4194304") == (413, "payload_too_large", True)
    assert rows(world.table) == before
    assert world.ask(PUSH, largest, content_type="application/yaml").status == 201


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"yaml", b"[]", b"null", b"5", b'"a"', b'{"yaml_content": "a\xff"}', b"[" * 200_000, b"{} {}"],
)
def test_a_body_that_is_no_json_object_is_refused(body, world):
    before = rows(world.table)

    answer = world.ask(PUSH, body)

    assert outcome(answer)[:2] == REFUSED
    assert rows(world.table) == before


@pytest.mark.parametrize("body", [b"\xff\xfe", b"kind: \xc3\x28", config_map("a").encode("utf-16")])
def test_raw_yaml_must_be_utf_8(body, world):
    answer = world.ask(PUSH, body, content_type="application/yaml")

    assert outcome(answer, "UTF-8") == (*REFUSED, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "yaml_content"),
        *[({"yaml_content": bad}, "yaml_content") for bad in (None, 5, True, [], {}, "a\0b", "\ud800", "x" * 256)],
        *[
            ({"yaml_content": config_map("a"), "is_deletion_marker": bad}, "is_deletion_marker")
            for bad in (None, "true", 0, 1, [], {})
        ],
    ],
)
def test_a_bad_field_is_named(body, field, world):
    before = rows(world.table)

    answer = world.ask(PUSH, body)

    assert outcome(answer, field if body.get("yaml_content") != "x" * 256 else "document 1") == (*REFUSED, True)
    assert rows(world.table) == before


def test_a_field_that_is_there_twice_is_named(world):
    body = b'{"yaml_content": "a", "yaml_content": "b"}'

    assert outcome(world.ask(PUSH, body), "yaml_content") == (*REFUSED, True)


@pytest.mark.parametrize("value", ["", "yes", "1", "TRUE", "%00"])
def test_a_bad_deletion_marker_in_the_query_is_named(value, world):
    path = f"{world.path(PUSH)}?deletion_marker={value}"

    answer = world.ask(PUSH, config_map("a").encode(), path=path, content_type="application/yaml")

    assert outcome(answer, "deletion_marker") == (400, "invalid_query", True)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\x07b", "ü\u0085"])
def test_a_bad_idempotency_key_is_named(key, world):
    before = rows(world.table)

    answer = world.ask(PUSH, world.body(PUSH), headers={"Idempotency-Key": key})

    assert outcome(answer, "Idempotency-Key") == (400, "invalid_idempotency_key", True)
    assert rows(world.table) == before


def test_a_compressed_manifest_is_refused(world):
    packed = gzip.compress(config_map("a").encode())

    answer = world.ask(PUSH, packed, content_type="application/yaml", headers={"Content-Encoding": "gzip"})

    assert outcome(answer, "Content-Encoding") == (415, "unsupported_media_type", True)


def test_the_stacks_own_refusals_come_before_the_bodys(world):
    nowhere = world.path(PUSH, id=str(uuid4()))

    assert outcome(world.ask(PUSH, b"nonsense", path=nowhere))[:2] == (404, "stack_not_found")
    assert outcome(world.send(PUSH, b"nonsense", role="other_generator"))[:2] == (403, "stack_not_owned")


def test_a_marker_may_be_blank_but_not_nonsense(world):
    blank = world.ask(PUSH, {"yaml_content": "", "is_deletion_marker": True})
    comments = world.ask(PUSH, {"yaml_content": "# gone", "is_deletion_marker": True})

    assert blank.status == 201
    assert outcome(comments)[:2] == REFUSED


def test_no_answer_of_a_push_repeats_the_manifest(world):
    """
    A manifest may hold secrets, and what is answered ends up in a pipeline's log.
    """
    manifest = "apiVersion: v1\nkind: Secret\nstringData: {password: hunter2}\n"

    answer = world.ask(PUSH, manifest.encode(), content_type="application/yaml")

    assert outcome(answer)[:2] == REFUSED
    assert "hunter2" not in json.dumps(answer.json)
