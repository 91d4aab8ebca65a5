"""
Which fields of an object are ours, as the API server keeps it in managedFields. Pure.

Our own entry is the signal for drift: a writer that takes a field away from us changes it, a status update or a field
that was never ours does not.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FIELD_MANAGER = "brokkr-controller"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """
    An object as it stood when it was last read: which one, in which version, and what of it is ours.
    """

    uid: str
    version: str
    fields: bytes

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "State":
        entries = [entry["fieldsV1"] for entry in metadata.get("managedFields") or [] if _is_ours(entry)]
        return cls(metadata["uid"], str(metadata["resourceVersion"]), _one_copy(_compact(entries)))

    def is_before(self, other: "State") -> bool:
        """
        Whether this was read earlier, by the API server's own count.
        """
        return is_older(self.version, other.version)


def is_older(version: str, other: str) -> bool:
    """
    Of two resource versions; what is no count is never older.
    """
    return version.isdecimal() and other.isdecimal() and int(version) < int(other)


def _compact(entries: list[Any]) -> bytes:
    return json.dumps(entries, separators=(",", ":"), sort_keys=True).encode()


_copies: dict[bytes, bytes] = {}


def _one_copy(fields: bytes) -> bytes:
    """
    A thousand ConfigMaps with the same keys need it once.
    """
    if len(_copies) > 10_000:  # noqa: PLR2004 - a bound, not a figure
        _copies.clear()
    return _copies.setdefault(fields, fields)


def lost(ours: State, seen: State) -> frozenset[Path]:
    """
    The fields that were ours and are no longer.
    """
    if ours.fields == seen.fields:
        return frozenset()
    return frozenset(_leaves(json.loads(ours.fields))) - frozenset(_leaves(json.loads(seen.fields)))


def others(metadata: Mapping[str, Any]) -> bytes:
    """
    The entries of everybody else.
    """
    entries = [entry for entry in metadata.get("managedFields") or [] if not _is_ours(entry)]
    return _compact(entries) if entries else b"[]"


def takers(others: bytes, paths: frozenset[Path]) -> dict[str, str]:
    """
    Who has each of these fields now, by the field's readable name. Nobody, where it was removed.
    """
    owners: dict[Path, str] = {}
    for entry in json.loads(others) if paths else ():
        held = frozenset(_leaves([entry.get("fieldsV1") or {}]))
        owners.update(dict.fromkeys(paths & held, str(entry.get("manager"))))
    return {readable(path): owners.get(path, "nobody") for path in sorted(paths)}


def readable(path: Path) -> str:
    """
    `f:spec`, `f:containers`, `k:{"name":"app"}`, `f:image` is spec.containers[name=app].image.
    """
    text = ""
    for part in path:
        sort, _, name = part.partition(":")
        if sort == "f":
            text += f".{name}"
        elif sort == "k":
            text += f"[{','.join(f'{key}={value}' for key, value in json.loads(name).items())}]"
        else:
            text += f"[{name}]"
    return text.removeprefix(".")


def _is_ours(entry: Mapping[str, Any]) -> bool:
    return entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply" and not entry.get("subresource")


def _leaves(entries: list[dict[str, Any]]) -> Iterator[Path]:
    for entry in entries:
        yield from _below(entry, ())


def _below(tree: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for part, below in tree.items():
        if part == ".":
            continue
        if below and below.keys() != {"."}:
            yield from _below(below, (*path, part))
        else:
            yield (*path, part)
