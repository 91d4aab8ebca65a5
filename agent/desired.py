"""
What a stack's newest object asks for, one object of the cluster at a time: as it will be sent. Pure.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.apiserver import Refused
from agent.changes import Action, Change
from agent.manifests import Manifest, encoded
from agent.ownership import CONFIRM, DRIFT, REPLACE, Ownership
from agent.refs import Ref

Place = Callable[[Manifest], Ref]


@dataclass(frozen=True, slots=True)
class Desired:
    """
    The digest is of what was pushed, before the stamps: an object that a new revision leaves as it is keeps the stamps
    of the revision that last changed it, and is not sent again.
    """

    ref: Ref
    digest: bytes
    data: bytes
    defines: tuple[str, str] | None = None
    may_replace: bool = False
    ignores_drift: bool = False
    confirms: str | None = None

    @classmethod
    def of(cls, manifest: Manifest, ref: Ref, digest: bytes, stamped: Manifest) -> "Desired":
        notes = annotations_of(manifest.body)
        return cls(
            ref=ref,
            digest=digest,
            data=encoded(stamped.body),
            defines=manifest.defines,
            may_replace=notes.get(REPLACE) == "enabled",
            ignores_drift=notes.get(DRIFT) == "ignore",
            confirms=notes.get(CONFIRM),
        )


@dataclass(frozen=True)
class Revision:
    """
    Which deployment object: what the stamps say.
    """

    id: str
    checksum: str


@dataclass(frozen=True)
class Wish:
    """
    What a text asks for, by object, and what of it cannot even be placed: in which namespace, of which kind.
    """

    objects: dict[Ref, Desired]
    unplaced: list[Change]


def desired_of(
    manifests: Iterable[Manifest],
    revision: Revision,
    ownership: Ownership,
    place: Place,
    before: Mapping[Ref, Desired],
) -> Wish:
    """
    Where a text has an object twice, the last counts, as with kubectl.
    """
    wish = Wish({}, [])
    for manifest in manifests:
        try:
            ref = place(manifest)
        except Refused as error:
            wish.unplaced.append(Change(manifest.ref, Action.CHECKED, error=str(error)))
            continue
        digest = hashlib.sha256(encoded(manifest.body)).digest()
        known = before.get(ref)
        if known is not None and known.digest == digest and known.ref.version == ref.version:
            wish.objects[ref] = known
        else:
            stamped = ownership.stamp(manifest, revision.id, revision.checksum)
            wish.objects[ref] = Desired.of(manifest, ref, digest, stamped)
    return wish


def confirmations(wanted: Collection[Desired]) -> frozenset[str]:
    return frozenset(one.confirms for one in wanted if one.confirms)


def annotations_of(body: dict[str, Any]) -> dict[str, str]:
    return body["metadata"].get("annotations") or {}
