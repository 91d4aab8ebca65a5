"""
YAML as objects. Alone in importing yaml.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from cli.errors import CliError

KUSTOMIZE = "kustomize.config.k8s.io/"
NOT_IN_KUBERNETES = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")


class Loader(yaml.CSafeLoader):
    """
    What JSON has no value for stays a text, as it does for kubectl.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the base class has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in NOT_IN_KUBERNETES]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


class Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - an anchor in a diff would say nothing
        return True


def _as_it_reads(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    """
    Several lines as several lines, so that a diff shows the one that changed.
    """
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, _as_it_reads)


@dataclass(frozen=True, order=True)
class Identity:
    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


def check(text: str, source: str) -> int:
    """
    How many documents hold something. Raises CliError, naming the file and the document, where that is no YAML or no
    Kubernetes object.
    """
    found = {number: one for number, one in enumerate(documents(text, source), start=1) if one is not None}
    for number, document in found.items():
        where = f"{source}: document {number}"
        if not isinstance(document, dict):
            raise CliError(f"{where} is no Kubernetes object: it must be a mapping")
        for key in ("apiVersion", "kind"):
            if not isinstance(document.get(key), str) or not document[key]:
                raise CliError(f"{where} is no Kubernetes object: {key} is missing or not a string")
        if document["apiVersion"].startswith(KUSTOMIZE):
            raise CliError(
                f"{where} is for kustomize, not for a cluster", "name its directory, and it is built: -f DIR"
            )
    return len(found)


def documents(text: str, source: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, Loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise CliError(f"{source}{where}: not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CliError(f"{source}: not YAML: {str(error).splitlines()[0]}") from error


def objects(text: str, source: str) -> dict[Identity, dict[str, Any]]:
    """
    Every object of a text by who it is; a List is opened, and says what its items leave out. Of two that are the same,
    the later.
    """
    found: dict[Identity, dict[str, Any]] = {}
    for document in documents(text, source):
        for body in _opened(document):
            metadata = body.get("metadata")
            named = metadata if isinstance(metadata, dict) else {}
            name = named.get("name") or named.get("generateName") or ""
            identity = Identity(
                str(body.get("apiVersion")), str(body.get("kind")), str(named.get("namespace") or ""), str(name)
            )
            found[identity] = _named(body)
    return found


def _named(value: Any) -> Any:
    """
    With keys that are texts, as JSON has them.
    """
    if isinstance(value, dict):
        return {str(key): _named(one) for key, one in value.items()}
    return [_named(one) for one in value] if isinstance(value, list) else value


def _opened(document: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(document, dict):
        return
    items, kind = document.get("items"), str(document.get("kind"))
    if kind.endswith("List") and isinstance(items, list):
        unsaid = {"apiVersion": document.get("apiVersion"), "kind": kind.removesuffix("List")}
        for item in items:
            yield from _opened(unsaid | item if isinstance(item, dict) else item)
    else:
        yield document


def canonical(body: dict[str, Any]) -> str:
    """
    Keys in order, one value a line.
    """
    return _dump(body, sort_keys=True)


def to_yaml(data: Any) -> str:
    """
    In the order that it has.
    """
    return _dump(data, sort_keys=False)


def _dump(data: Any, *, sort_keys: bool) -> str:
    return str(yaml.dump(data, Dumper=Dumper, sort_keys=sort_keys, allow_unicode=True, width=4096))
