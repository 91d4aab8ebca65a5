"""
What a push would change, object by object, with the values of Secrets masked. Pure.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.manifests import Identity, canonical

HIDDEN, BEFORE, AFTER = "***", "*** (before)", "*** (after)"
SECRET_FIELDS = ("data", "stringData")
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
Body = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    identity: Identity
    change: str
    lines: tuple[str, ...]

    @property
    def row(self) -> dict[str, str]:
        return {
            "object": str(self.identity),
            "api_version": self.identity.api_version,
            "kind": self.identity.kind,
            "namespace": self.identity.namespace,
            "name": self.identity.name,
            "change": self.change,
            "diff": "\n".join(self.lines),
        }


def differences(old: Mapping[Identity, Body], new: Mapping[Identity, Body]) -> list[Difference]:
    """
    In the order of the new text, and then what is removed.
    """
    found = [_difference(identity, old.get(identity), body) for identity, body in new.items()]
    found += [_difference(identity, body, None) for identity, body in old.items() if identity not in new]
    return [one for one in found if one]


def _difference(identity: Identity, old: Body | None, new: Body | None) -> Difference | None:
    if _encoded(old) == _encoded(new):
        return None
    change = "added" if old is None else "removed" if new is None else "changed"
    before, after = masked(old, new)
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"before: {identity}", f"after: {identity}", lineterm=""
    )
    return Difference(identity, change, tuple(lines))


def _encoded(body: Body | None) -> str:
    """
    To Python 1 is True; to Kubernetes it is not.
    """
    return json.dumps(body, sort_keys=True, default=str)


def _lines(body: Body | None) -> list[str]:
    return [] if body is None else canonical(body).splitlines()


def masked(old: Body | None, new: Body | None) -> tuple[Body | None, Body | None]:
    """
    Both as they are shown: of a Secret's values only whether they differ.
    """
    if not any(body and body.get("kind") == "Secret" for body in (old, new)):
        return old, new
    before, after = dict(old or {}), dict(new or {})
    for field in SECRET_FIELDS:
        _mask(before, after, field)
    for body in (before, after):
        _mask_copy(body)
    return (None if old is None else before), (None if new is None else after)


def _mask(before: Body, after: Body, field: str) -> None:
    mine, theirs = _values(before, field), _values(after, field)
    if field in before:
        before[field] = {key: _mark(key, value, theirs, BEFORE) for key, value in mine.items()}
    if field in after:
        after[field] = {key: _mark(key, value, mine, AFTER) for key, value in theirs.items()}


def _mask_copy(body: Body) -> None:
    """
    `kubectl apply` leaves the whole Secret in an annotation.
    """
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and LAST_APPLIED in annotations:
        body["metadata"] = {**metadata, "annotations": {**annotations, LAST_APPLIED: HIDDEN}}


def _mark(key: str, value: Any, others: Mapping[str, Any], mark: str) -> str:
    return mark if key in others and others[key] != value else HIDDEN


def _values(body: Body, field: str) -> Mapping[str, Any]:
    """
    What is no mapping is masked as a whole.
    """
    values = body.get(field)
    return values if isinstance(values, dict) else {HIDDEN: values}
