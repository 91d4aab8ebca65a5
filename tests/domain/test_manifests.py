import pytest

from chalicelib.domain import manifests
from chalicelib.errors.invalid import InvalidDeploymentObject
from chalicelib.errors.protocol import PayloadTooLarge

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n"


@pytest.mark.parametrize(
    "content",
    [
        CONFIG_MAP,
        f"---\n{CONFIG_MAP}---\n{CONFIG_MAP}",
        f"# only a comment\n---\n{CONFIG_MAP}",
        "\ufeff" + CONFIG_MAP,
        CONFIG_MAP.replace("\n", "\r\n"),
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "one-"}}',
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}\n",
        "apiVersion: v1\nkind: List\nitems: []\n",
        "x: &l [{apiVersion: v1, kind: ConfigMap, metadata: {name: one}}]\napiVersion: v1\nkind: List\nitems: *l\n",
        "data: {deep: [{&n name: one}], also: &m {name: one}}\napiVersion: v1\nkind: ConfigMap\nmetadata: *m\n",
        "<<: [{kind: A, apiVersion: v1}, {kind: B}]\nmetadata: {name: one}\n",
        f"{CONFIG_MAP}data: {{? [a] : b, ? &k c : d, e: *k}}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: one}\ndata: {<<: {a: b}}\n",
        "base: &b {apiVersion: v1, kind: ConfigMap}\n<<: *b\nmetadata: {name: one}\n",
        f"{CONFIG_MAP}data: !custom [x]\n",
    ],
)
def test_what_kubectl_would_take_passes(content):
    manifests.check(content, is_marker=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "blank"),
        (" \n\t\n", "blank"),
        ("# only a comment\n", "no object"),
        ("---\n---\n", "no object"),
        ("just words", "document 1 (line 1) must be a Kubernetes object"),
        ("[1, 2]", "document 1 (line 1) must be a Kubernetes object"),
        (f"{CONFIG_MAP}---\nkind: ConfigMap\nmetadata: {{name: x}}\n", "document 2 (line 6): apiVersion is missing"),
        ("apiVersion: v1\nmetadata: {name: x}\n", "kind is missing"),
        ("apiVersion: v1\nkind: ConfigMap\n", "metadata is missing"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n", "metadata.name is missing"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: null}\n", "metadata.name is missing"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [a]}\n", "metadata.name is missing"),
        ("apiVersion: v1\nkind: List\nitems: [{kind: ConfigMap}]\n", "item 1 (line 3): apiVersion is missing"),
        (f"{CONFIG_MAP}kind: Secret\n", "line 5: the key 'kind' is there twice"),
        ("apiVersion: v1\n\tkind: ConfigMap\n", "line 2"),
        ("a: [", "line 2"),
        ("a: \x00", "line 1"),
        ("? [a]\n: b\n", "a key must be a scalar"),
        ("kind: A\napiVersion: v1\n<<: {kind: B, kind: C}\n", "the key 'kind' is there twice"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: !!null x}\n", "metadata.name is missing"),
        ("kind: List\napiVersion: v1\nitems: [a, b, {kind: c}]\n", "item 1 (line 3) must be a Kubernetes object"),
        ("a: *nowhere\n", "line 1: undefined alias 'nowhere'"),
        ("a: &a b\nc: &a d\n", "line 2: the anchor 'a' is there twice"),
        ("words\nkind: ConfigMap\n", "not YAML: line 2"),
        ("a: &a [*a]\n", "an alias holds itself"),
        ("[" * 100, "not YAML"),
        ("[" * 4000, "nested"),
        ("[" * 3000 + "]" * 3000, "nested"),
        ("- " * 2000 + "a", "nested"),
        ("a: " + "{b: " * 50_000, "nested"),
    ],
)
def test_what_is_refused_says_where(content, said):
    with pytest.raises(InvalidDeploymentObject) as refused:
        manifests.check(content, is_marker=False)

    assert said in refused.value.message


def test_a_bomb_of_aliases_is_refused_before_anybody_expands_it():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"

    with pytest.raises(InvalidDeploymentObject, match="over 1500000 values, with aliases written out"):
        manifests.check(bomb, is_marker=False)


def test_a_chain_of_aliases_is_refused_before_it_ends_the_process():
    chain = "a0: &a0 {kind: ConfigMap}\n"
    chain += "".join(f"a{number + 1}: &a{number + 1} {{<<: *a{number}}}\n" for number in range(1100))

    with pytest.raises(InvalidDeploymentObject, match="nested"):
        manifests.check(f"{chain}<<: *a1100\napiVersion: v1\nmetadata: {{name: one}}\n", is_marker=False)


def test_more_objects_than_there_can_be_are_refused_without_reading_them():
    """
    4 MiB hold a million empty documents, and as many empty items: seconds of work, and no object.
    """
    with pytest.raises(InvalidDeploymentObject, match="over 100000 documents"):
        manifests.check("---\n" * 200_000, is_marker=False)
    with pytest.raises(InvalidDeploymentObject, match="over 100000 items"):
        manifests.check(f"apiVersion: v1\nkind: List\nitems: [{'{},' * 200_000}]", is_marker=False)


def test_what_is_long_and_no_object_of_its_own_passes():
    """
    A list of a custom resource may hold as much as an object can.
    """
    values = f"data: [{'a,' * 300_000}]\nmaps: &maps [{'{},' * 200_000}]\nagain: *maps\n"

    manifests.check(f"{CONFIG_MAP}{values}", is_marker=False)


def test_four_mebibytes_are_the_limit():
    body = CONFIG_MAP + "data:\n  x: "

    manifests.check(body + "x" * (manifests.MAX_BYTES - len(body)), is_marker=False)
    with pytest.raises(PayloadTooLarge):
        manifests.check(body + "x" * (manifests.MAX_BYTES - len(body) + 1), is_marker=False)
    with pytest.raises(PayloadTooLarge):
        manifests.check(body + "é" * (manifests.MAX_BYTES // 2), is_marker=False)


def test_a_deletion_marker_may_be_blank_but_not_nonsense():
    manifests.check("", is_marker=True)
    manifests.check(" \n", is_marker=True)
    with pytest.raises(InvalidDeploymentObject):
        manifests.check("# nothing", is_marker=True)
    with pytest.raises(InvalidDeploymentObject):
        manifests.check("words", is_marker=True)
