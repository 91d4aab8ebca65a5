"""
kubectl is the oracle of what a manifest means. `kubectl label --local` shows what it read and needs no server.

It differs from the agent for a reason in four things, which the texts keep clear of: it adds the label; it shows an
object without a name or an apiVersion, which server-side apply takes from nobody; it shows the objects before a fault,
where the agent takes all of a text or nothing; and it sees no fault in a value that an equal key hides.
"""

import json
import re
import subprocess

import pytest

from agent.manifests import ManifestError, encoded
from agent.reading import parse
from tests.support import grown_yaml, hard_yaml
from tools.kube.build import build

pytestmark = pytest.mark.slow

LABEL = ("label", "--local", "--dry-run=client", "--output=json", "--overwrite", "oracle=yes")


def by_kubectl(texts, folder):
    """
    One answer per text: its objects, or None where kubectl refuses it or finds no object.
    """
    for number, text in enumerate(texts):
        (folder / f"{number:06}.yaml").write_bytes(text.encode())
    command = [build() / "kubectl", *LABEL, "--filename", folder]
    done = subprocess.run(command, capture_output=True, check=False)
    answers = [[] for _ in texts]
    for shown in _values(done.stdout.decode()):
        answers[int(re.match(r"c(\d+)", shown["metadata"]["name"])[1])].append(_without_label(shown))
    for number in re.findall(r"/(\d{6})\.yaml", done.stderr.decode(errors="replace")):
        answers[int(number)] = []
    return [answer or None for answer in answers]


def by_agent(text):
    try:
        return [json.loads(encoded(manifest.body)) for manifest in parse(text)]
    except ManifestError:
        return None


def _values(text):
    """
    kubectl ends each with a brace in the first column.
    """
    return [json.loads(value) for value in re.findall(r"^{.*?^}", text, re.MULTILINE | re.DOTALL)]


def _without_label(shown):
    del shown["metadata"]["labels"]
    return shown


def compare(texts, folder):
    """
    Where the two differ, and how many texts are refused.
    """
    texts = [text.replace("NAME", f"c{number}") for number, text in enumerate(texts)]
    wanted = by_kubectl(texts, folder)
    both = [(text, by_agent(text), theirs) for text, theirs in zip(texts, wanted, strict=True)]
    differing = [(text, ours, theirs) for text, ours, theirs in both if _json(ours) != _json(theirs)]
    return differing, wanted.count(None)


def _json(answer):
    return json.dumps(answer, sort_keys=True)


def test_the_agent_reads_hard_texts_as_kubectl_does(tmp_path):
    texts = hard_yaml.by_hand()

    differing, refused = compare(texts, tmp_path)

    assert differing == []
    assert 0 < refused < len(texts) / 2


def test_the_agent_reads_grown_texts_as_kubectl_does(tmp_path):
    texts = grown_yaml.by_growth(1, 4000)

    differing, refused = compare(texts, tmp_path)

    assert differing == []
    assert 0 < refused < len(texts) / 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_agent_reads_texts_of_chance_as_kubectl_does(seed, tmp_path):
    texts = hard_yaml.by_chance(seed, 4000)

    differing, refused = compare(texts, tmp_path)

    assert differing == []
    assert 0 < refused < len(texts) / 2
