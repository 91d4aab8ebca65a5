import pytest

from agent.manifests import ManifestError, parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, True) for word in ("yes", "on", "y", "TRUE")],
        *[(word, False) for word in ("no", "Off", "n", "false")],
        *[("0777", 511), ("0o17", 15), ("0x1F", 31), ("-0b11", -3), ("1_000", 1000), ("08", 8), ("+12", 12)],
        *[("1e3", 1000), (".5", 0.5), ("1.0", 1), ("-.5e-2", -0.005), ("18446744073709551616", 2.0**64)],
        *[("12:30:45", "12:30:45"), ("2026-11-23", "2026-11-23"), ("1e400", "1e400"), ("_1", "_1"), ("tRue", "tRue")],
        *[("~", None), ("", None), ('"1"', "1"), ("'yes'", "yes")],
    ],
)
def test_a_plain_scalar_means_what_it_means_to_kubectl(text, value):
    (manifest,) = parse(f"{HEAD}data: {{v: {text}}}\n")

    assert manifest.body["data"]["v"] == value
    assert type(manifest.body["data"]["v"]) is type(value)


def test_keys_are_text_and_of_two_equal_ones_the_last_counts():
    (manifest,) = parse(f"{HEAD}data: {{1: a, true: b, ~: c, 1.5: d, x: old, x: new}}\n")

    assert manifest.body["data"] == {"1": "a", "true": "b", "null": "c", "1.5": "d", "x": "new"}


def test_lists_are_opened_and_empty_documents_left_out():
    list_of_one = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n"
    text = f"\ufeff# nothing\n---\n{HEAD}---\n---\n{list_of_one}"

    manifests = parse(text)

    assert [str(manifest.ref) for manifest in manifests] == ["ConfigMap/c", "Secret/s"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the manifest holds no object"),
        ("# only a comment\n", "the manifest holds no object"),
        ("apiVersion: v1\nkind: List\nitems: []\n", "the manifest holds no object"),
        ("a: [", "line 2: did not find expected node content"),
        (f"{HEAD}---\n- 1\n---\n{{}}\n", "document 2: not an object\ndocument 3: apiVersion is missing"),
        (HEAD.replace("name", "generateName"), "document 1: metadata.name is missing, and server-side apply needs one"),
        (f"{HEAD}? {{a: b}}\n: c\n", "line 4: a key must be a scalar"),
        ("x: !!python/object:os.system {}\n", "line 1: could not determine a constructor"),
    ],
)
def test_a_text_without_objects_is_an_error_and_never_an_empty_wish(text, fault):
    """
    Nothing wanted would mean everything pruned.
    """
    with pytest.raises(ManifestError) as caught:
        parse(text)

    assert str(caught.value).startswith(fault)
