import json

import pytest

from agent.manifests import ManifestError
from agent.reading import parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: s}}"
JSON = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j"}, "data": %s}'


def data(text):
    return parse(text)[0].body["data"]


def names(text):
    return [str(manifest.ref) for manifest in parse(text)]


def faults(text):
    with pytest.raises(ManifestError) as caught:
        parse(text)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD, ["ConfigMap/c"]),
        (f"---\n{HEAD}---\n\n---\n# nothing\n---\n{SECRET}\n---\n", ["ConfigMap/c", "Secret/s"]),
        (f"# first\n--- # second\n{HEAD}...\n---\n{SECRET}", ["ConfigMap/c", "Secret/s"]),
        (f"\ufeff{HEAD}---\n~\n".replace("\n", "\r\n"), ["ConfigMap/c"]),
        (f"apiVersion: v1\nkind: List\nitems:\n- {SECRET}\n- {SECRET}\n", ["Secret/s", "Secret/s"]),
        ("apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: s}}]\n", ["Secret/s"]),
        (f"{HEAD}---\napiVersion: v1\nkind: List\nitems:\n", ["ConfigMap/c"]),
        (f"{JSON % 1}\n{JSON % 2}{JSON % 3}", ["ConfigMap/j"] * 3),
        (f"\ufeff\n {JSON % 1}\n---\n{HEAD}", ["ConfigMap/j", "ConfigMap/c"]),
        (f"{SECRET}\n---\n{HEAD}", ["Secret/s", "ConfigMap/c"]),
    ],
)
def test_documents_and_lists_are_opened_and_empty_ones_left_out(text, found):
    assert names(text) == found


def test_what_follows_the_end_of_a_document_is_left_out_as_kubectl_does():
    assert names(f"{HEAD}...\n{HEAD}") == ["ConfigMap/c"]


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("data: {1: a, true: b, 1.5: d, x: old, x: new}", {"1": "a", "true": "b", "1.5": "d", "x": "new"}),
        ("data: |\n  a\n\n  --- b\n", "a\n\n--- b\n"),
        ("data: |\n  no newline at the end", "no newline at the end\n"),
        ("data: >-\n  a\n  b\n\n  c\n", "a b\nc"),
        ("data: |1+\n  a\n\n", " a\n\n"),
        ('data: "a\\\n  b\\u00e9\\x41\\n"', "abéA\n"),
        ('data: "/\\\\/"', "/\\/"),
        ("data: 'it''s\n  one'", "it's one"),
        ("data: [yes, 'yes', !!str yes, ! yes]", [True, "yes", "yes", "yes"]),
        ("base: &b {q: 1, w: 2}\ndata: {q: 0, <<: *b, w: 3}", {"q": 1, "w": 3}),
        ("base: &b {q: 1, w: 2}\ndata: {<<: [{q: 5}, *b], '<<': 4}", {"q": 5, "w": 2, "<<": 4}),
        ("data: [&a 1, *a, &a x, *a]", [1, 1, "x", "x"]),
        ("data: 日本 # é", "日本"),
        ("data: [<<, a#b]", ["<<", "a#b"]),
    ],
)
def test_yaml_means_what_it_means_to_kubectl(lines, value):
    read = data(HEAD + lines)

    assert read == value


@pytest.mark.parametrize(
    ("value", "read"),
    [
        *[("1.0", 1), ("1e3", 1000), ("-0.0", 0), ("9223372036854775807", 2**63 - 1), ("1e300", 1e300)],
        *[("18446744073709551615", 18446744073709552000), ("-9223372036854775809", -9223372036854776000)],
        *[('{"a": 1, "a": 2}', {"a": 2}), ('"yes"', "yes"), ('"\\ud800\\ud83d\\ude00\\\\ud800"', "\ufffd😀\\ud800")],
        ("NaN", "NaN"),  # no JSON, but YAML
    ],
)
def test_json_has_its_own_rules(value, read):
    found = data(JSON % value)

    assert json.dumps(found) == json.dumps(read)


@pytest.mark.parametrize(
    "text", ["", " \n", "# only a comment\n", "---\n---\n", "apiVersion: v1\nkind: List\nitems: []\n"]
)
def test_a_text_without_objects_is_an_error_and_never_an_empty_wish(text):
    """
    Nothing wanted would mean everything pruned.
    """
    assert faults(text) == ["the manifest holds no object"]


def test_every_fault_of_every_document_is_told_with_its_line():
    text = (
        f"# head\n---\n{HEAD}data: {{~: 1, b: .inf, c: !!int x}}\n---\n- 1\n---\r\n\na: [\n--- # empty\n---\nkind: x\n"
    )

    told = faults(text)

    assert told == [
        "document 1, line 6: a key must be text, a number of 64 bits, true or false",
        "document 1, line 6: JSON has no number inf",
        "document 1, line 6: cannot decode 'x' as a !!int",
        "document 2, line 8: not an object",
        "document 3, line 12: did not find expected node content",
        "document 5, line 14: apiVersion is missing or not a string",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD.replace("name", "generateName"), "line 1: metadata.name is missing or not a string, and server-side"),
        (HEAD.replace("{name: c}", "{name: 5}"), "line 1: metadata.name is missing or not a string"),
        (HEAD.replace("{name: c}", "c"), "line 1: metadata.name is missing or not a string"),
        (HEAD.replace("c}", "c, namespace: 5}"), "line 1: metadata.namespace must be a string"),
        (HEAD.replace("c}", "c, labels: [a]}"), "line 1: metadata.labels and metadata.annotations must be maps"),
        (f"{HEAD}items: {{}}\n", "line 1: items must be a list, and none within a list"),
        (f"kind: List\nitems:\n- {SECRET}\n- {{kind: List}}\n", "line 4, item 2: apiVersion is missing"),
        (f"kind: List\nitems:\n- {SECRET}\n-\n  [1]\n", "line 1, item 2: not an object"),
        (f"kind: L\nitems:\n- {{apiVersion: v1, kind: List, items: [{SECRET}]}}\n", "line 3, item 1: items must be"),
        (f"apiVersion: v1\nitems: [{SECRET}]\n", "line 1: kind is missing or not a string"),
        ("words", "line 1: not an object"),
        (f"--- {SECRET}\n", "line 1: behind --- only a comment may stand, not {apiVersion: v1, kind: Secret"),
        (f"{HEAD}----\n", "line 4: behind --- only a comment may stand, not -"),
        (f"%YAML 1.1\n---\n{HEAD}", "line 2: did not find expected <document start>"),
        (f"{HEAD}\tdata: 1\n", "line 4: found character that cannot start any token"),
        (f"{HEAD}data: \x00\n", "line 4: control characters are not allowed: 0x0"),
        (f"{HEAD}data: \ud800\n", "line 4: half of a surrogate pair is no character"),
        (f"{HEAD}? [a]\n: b\n", "line 4: a key must be text"),
        (f"{HEAD}data: *a\n", "line 4: unknown anchor 'a' referenced"),
        (f"{HEAD}data: &a [*a]\n", "line 4: the anchor 'a' contains itself"),
        (f"{HEAD}<<: 1\n", "line 4: only a mapping or a list of mappings can be merged in"),
        (f"{HEAD}data: [a?b]\n", "line 4: between brackets 'a?b' needs quotes"),
        (f"{HEAD}data: [!!str, b]\n", "line 4: between brackets 'tag:yaml.org,2002:str' needs quotes"),
        (f'{HEAD}data: "a\\\\\\/"\n', r"line 4: found unknown escape character: \/"),
        (JSON % "1e400", "line 1: the number 1e400 is too large"),
        (f"{JSON % 1}{JSON % 2}\nx: y\n", "line 2: neither JSON nor the end of the text"),
    ],
)
def test_what_kubectl_refuses_is_refused(text, fault):
    told = faults(text)

    assert fault in told[-1]
