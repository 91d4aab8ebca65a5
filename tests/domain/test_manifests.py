import pytest

from chalicelib.domain import manifests
from chalicelib.errors import InvalidDeploymentObject, PayloadTooLarge

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
        ("a: *nowhere\n", "undefined alias"),
        ("a: &a [*a]\n", "an alias holds itself"),
        ("[" * 4000, "not YAML"),
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

    with pytest.raises(InvalidDeploymentObject, match="expand"):
        manifests.check(bomb, is_marker=False)


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
