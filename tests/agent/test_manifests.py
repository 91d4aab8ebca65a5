import pytest

from agent.manifests import encoded
from agent.reading import parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def test_an_object_is_sent_as_compact_utf8():
    (manifest,) = parse(f"{HEAD}data: {{é: 1e21, b: [1.5, ~]}}\n")

    sent = encoded(manifest.body)

    wanted = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"é":1e+21,"b":[1.5,null]}}'
    assert sent == wanted.encode()


@pytest.mark.parametrize("spec", ["3", "[a]", "{names: x}", "{group: [a], names: {kind: {}}}"])
def test_a_definition_that_is_none_is_left_for_the_api_server_to_refuse(spec):
    head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n"

    (manifest,) = parse(f"{head}spec: {spec}\n")

    assert {manifest.defines: manifest.scope}
