import hashlib
import io

import pytest

from cli.bundle import read
from cli.errors import CliError

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n"


@pytest.fixture
def folder(tmp_path):
    for name in ("b.yaml", "a.yml", "ignored.json", "below/c.yaml"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(NAMESPACE % file.stem + "\n\n")
    return tmp_path


def bundle(*paths, **how):
    return read([str(path) for path in paths], io.StringIO(how.pop("stdin", "")).read, **how)


def test_a_directorys_own_files_are_joined_by_name(folder):
    made = bundle(folder)

    assert made.text == f"{(NAMESPACE % 'a').rstrip()}\n---\n{(NAMESPACE % 'b').rstrip()}\n"
    assert made.checksum == hashlib.sha256(made.text.encode()).hexdigest()


def test_directories_within_are_read_when_asked_for(folder):
    assert (NAMESPACE % "c").rstrip() in bundle(folder, recursive=True).text


def test_several_paths_come_in_their_order(folder):
    made = bundle(folder / "b.yaml", "-", stdin=NAMESPACE % "typed")

    assert made.text == f"{(NAMESPACE % 'b').rstrip()}\n---\n{NAMESPACE % 'typed'}"


def test_empty_documents_and_many_in_a_file_are_fine(tmp_path):
    text = f"# nothing\n---\n{NAMESPACE % 'a'}---\n---\n{NAMESPACE % 'b'}"
    (tmp_path / "x.yaml").write_text(text)

    assert bundle(tmp_path / "x.yaml").text == text


def test_an_empty_file_among_others_is_fine(folder):
    (folder / "c.yaml").write_text("")

    assert bundle(folder).text == f"{(NAMESPACE % 'a').rstrip()}\n---\n{(NAMESPACE % 'b').rstrip()}\n---\n\n"


def test_what_is_no_value_of_json_is_no_reason_to_refuse(tmp_path):
    """
    Definitions of custom resources list the operator `=`, which YAML 1.1 takes for something of its own.
    """
    (tmp_path / "x.yaml").write_text(f"{NAMESPACE % 'a'}spec: [=, 2026-11-24, 2026-99-99]\n")

    assert bundle(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "x.yaml:2:1: not YAML: did not find expected node content"),
        ("a: \x07", "x.yaml: not YAML: "),
        ("kind: Namespace", "x.yaml: document 1 is no Kubernetes object: apiVersion is missing or not a string"),
        (NAMESPACE % "a" + "---\napiVersion: 1\nkind: x", "x.yaml: document 2 is no Kubernetes object: apiVersion"),
        ("- 1", "x.yaml: document 1 is no Kubernetes object: it must be a mapping"),
        (" \n", "no Kubernetes object in "),
        ("# later\n---\n", "x.yaml"),
    ],
)
def test_what_is_no_manifest_is_refused_by_file_and_document(tmp_path, text, message):
    (tmp_path / "x.yaml").write_text(text + "\n")

    with pytest.raises(CliError) as caught:
        bundle(tmp_path / "x.yaml")

    assert message in caught.value.message


def test_a_kustomization_below_is_not_pushed_unbuilt(folder):
    """
    Neither it nor what it is made of is what its author wants in a cluster.
    """
    below = folder / "base"
    below.mkdir()
    (below / "kustomization.yaml").write_text("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n")

    with pytest.raises(CliError, match=r"base/kustomization\.yaml: document 1 is for kustomize") as caught:
        bundle(folder, recursive=True)

    assert caught.value.hints == ("name its directory, and it is built: -f DIR",)


def test_a_directory_without_manifests_says_that_there_are_some_below(tmp_path):
    (tmp_path / "below").mkdir()

    with pytest.raises(CliError) as caught:
        bundle(tmp_path)

    assert caught.value.message == f"no *.yaml or *.yml in {tmp_path}"
    assert caught.value.hints == ("subdirectories are read with -R",)


def test_what_is_not_there_and_what_is_not_text_is_told(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xff")

    for path, message in ((tmp_path / "y.yaml", "is not there"), (tmp_path / "x.yaml", "is not UTF-8")):
        with pytest.raises(CliError, match=message):
            bundle(path)


def program(folder, name, body):
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def kustomization(tmp_path, monkeypatch):
    folder, programs = tmp_path / "app", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    (folder / "kustomization.yaml").write_text("resources: []\n")
    monkeypatch.setenv("PATH", str(programs))
    return folder, programs


@pytest.mark.parametrize(("name", "verb"), [("kubectl", "kustomize"), ("kustomize", "build")])
def test_a_kustomization_is_built_by_the_program_that_is_there(kustomization, name, verb):
    folder, programs = kustomization
    program(programs, name, f'[ "$1" = {verb} ] && printf "apiVersion: v1\\nkind: Built\\n"')

    assert bundle(folder).text == "apiVersion: v1\nkind: Built\n"


def test_without_such_a_program_it_is_told(kustomization):
    folder, _ = kustomization

    with pytest.raises(CliError, match="neither kubectl nor kustomize is here to build it"):
        bundle(folder)


def test_what_kustomize_says_is_passed_on(kustomization):
    folder, programs = kustomization
    program(programs, "kustomize", "echo no such base >&2; exit 1")

    with pytest.raises(CliError, match="failed: no such base"):
        bundle(folder)
