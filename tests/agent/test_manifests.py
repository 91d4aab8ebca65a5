from agent.manifests import encoded
from agent.reading import parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def test_an_object_is_sent_as_compact_utf8():
    (manifest,) = parse(f"{HEAD}data: {{é: 1e21, b: [1.5, ~]}}\n")

    sent = encoded(manifest.body)

    wanted = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"é":1e+21,"b":[1.5,null]}}'
    assert sent == wanted.encode()
