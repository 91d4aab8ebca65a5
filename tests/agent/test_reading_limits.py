import time

import pytest

from agent.kubectl_anchors import MAX_ALIASED_CHARACTERS
from agent.kubectl_yaml import MAX_DEPTH
from agent.manifests import ManifestError, encoded
from agent.reading import parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
JSON = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j"}, "data": %s}'
OBJECT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%d, namespace: shop, labels: {app: web-%d}}
spec:
  replicas: 3
  selector:
    matchLabels: {app: web-%d}
  template:
    spec:
      containers:
      - name: main
        image: registry.example/web:1.2.%d
        env:
        - name: MESSAGE
          value: "number %d, which is long enough for an object of half a kilobyte, %s"
"""


def bomb(line):
    names = zip("abcdefgh", "bcdefghi", strict=True)
    return HEAD + "a: &a {p: x, q: x}\n" + "".join(line.format(old, new) for old, new in names)


def anchored(depth):
    return HEAD + "data: " + "".join(f"[&a{n} " for n in range(depth - 1)) + "x" + "]" * (depth - 1)


@pytest.mark.parametrize(
    "text",
    [
        anchored(MAX_DEPTH + 1),
        HEAD + "data: " + "{a: " * 100_000,
        "".join(" " * n + "a:\n" for n in range(1000)),
        HEAD + "a: &a " + "[" * 150 + "]" * 150 + "\nb: " + "[" * 150 + "*a" + "]" * 150,
        JSON % ("[" * MAX_DEPTH + "]" * MAX_DEPTH),
        JSON % ("[" * 100_000),
    ],
)
def test_what_is_nested_too_deeply_is_a_fault(text):
    with pytest.raises(ManifestError, match="nested over 200 levels deep"):
        parse(text)


@pytest.mark.parametrize("text", [anchored(MAX_DEPTH), JSON % ("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))])
def test_what_is_nested_just_deeply_enough_can_be_sent(text):
    (manifest,) = parse(text)

    assert encoded(manifest.body).count(b"[") == MAX_DEPTH - 1


def test_a_caller_who_stands_deep_himself_gets_a_fault_as_well():
    def from_depth(frames):
        return parse(anchored(MAX_DEPTH)) if frames == 0 else from_depth(frames - 1)

    with pytest.raises(ManifestError, match="nested over"):
        from_depth(600)


@pytest.mark.parametrize(
    "line",
    ["{1}: &{1} [*{0}, *{0}, *{0}, *{0}, *{0}]\n", "{1}: &{1} {{<<: [*{0}, *{0}, *{0}, {{r: *{0}, s: *{0}}}]}}\n"],
)
def test_a_document_that_is_aliases_for_the_most_part_is_a_fault(line):
    with pytest.raises(ManifestError, match=r"line \d+: the document contains excessive aliasing"):
        parse(bomb(line))


def test_aliases_bring_no_more_text_than_an_api_server_takes():
    text = HEAD + f"a: &a {'x' * 1_000_000}\nb: [{'*a, ' * (MAX_ALIASED_CHARACTERS // 1_000_000 + 1)}]\n"

    with pytest.raises(ManifestError, match="excessive aliasing"):
        parse(text)


def test_hundreds_of_aliases_are_fine_beside_as_much_text():
    text = HEAD + "a: &a {q: 1}\nb:\n" + "- {w: x, e: *a}\n" * 900

    (manifest,) = parse(text)

    assert manifest.body["b"][-1] == {"w": "x", "e": {"q": 1}}


def test_four_mebibytes_of_one_value_are_read():
    text = f"{HEAD}data: |\n" + "  0123456789abcde\n" * 233_000

    (manifest,) = parse(text)

    assert len(manifest.body["data"]) == 16 * 233_000


@pytest.mark.parametrize("is_list", [False, True])
def test_four_thousand_objects_take_less_than_two_seconds(is_list):
    objects = [OBJECT % (n, n, n, n, n, "x" * 80) for n in range(4000)]
    text = "---\n".join(objects)
    if is_list:
        items = ("- " + text.replace("\n", "\n  ").rstrip() + "\n" for text in objects)
        text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(items)

    started = time.process_time()
    manifests = parse(text)
    taken = time.process_time() - started

    assert len(text) > 1_900_000
    assert [manifest.body["metadata"]["name"] for manifest in manifests] == [f"web-{n}" for n in range(4000)]
    assert taken < 2
