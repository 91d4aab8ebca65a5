"""
The cluster as the agent works on it: apply, find, delete.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from agent.apiserver import APPLY, METADATA_ONLY, Answer, ApiServer, Refused
from agent.changes import Action, Change
from agent.contents import has_contents
from agent.desired import Desired
from agent.discovery import Discovery, Kind, UnknownKind
from agent.fields import FIELD_MANAGER, State
from agent.manifests import Manifest, encoded
from agent.ownership import Live
from agent.refs import Ref

ESTABLISHED_WITHIN = 30.0
ESTABLISHED_EVERY = 0.1
APPLYING = {"fieldManager": FIELD_MANAGER, "force": "true", "fieldValidation": "Ignore"}  # its warnings nobody reads
NO_DRY_RUN = "does not support dry run"
IMMUTABLE = ("immutable", "may not change", "cannot change", "are forbidden", "may not be changed")


class KubernetesCluster:
    def __init__(
        self,
        server: ApiServer,
        *,
        default_namespace: str = "default",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._server = server
        self._default_namespace = default_namespace
        self._sleep = sleep
        self.discovery = Discovery(server)

    def place(self, ref: Ref, scopes: dict[tuple[str, str], bool]) -> Ref:
        """
        The ref in the namespace that it will be in. Whether a kind has namespaces is for the API server to say, or for
        the definition that comes in the same bundle. Raises UnknownKind.
        """
        try:
            namespaced = self.discovery.kind(ref).namespaced
        except UnknownKind:
            if (ref.group, ref.kind) not in scopes:
                raise
            namespaced = scopes[ref.group, ref.kind]
        namespace = (ref.namespace or self._default_namespace) if namespaced else ""
        return Ref(ref.group, ref.kind, namespace, ref.name, ref.version)

    def serves(self, ref: Ref) -> bool:
        return self.discovery.serves(ref.api_version, ref.kind)

    def apply(self, wanted: Desired, *, dry_run: bool = False) -> Change:
        ref = wanted.ref
        try:
            kind = self.discovery.kind(ref)
        except Refused as error:
            return Change(ref, Action.CHECKED, error=str(error))
        answer = self._patch(ref, kind, wanted.data, dry_run=dry_run)
        if answer.ok:
            created = answer.status == HTTPStatus.CREATED
            if dry_run:
                return Change(ref, Action.CHECKED)
            return Change(ref, Action.CREATED if created else Action.APPLIED, state=_state(answer))
        return self._refusal(wanted, answer, dry_run=dry_run)

    def await_established(self, crd: Ref) -> Change:
        """
        Until the API server serves the new kind; what was known of its group is asked again.
        """
        for _ in range(round(ESTABLISHED_WITHIN / ESTABLISHED_EVERY)):
            answer = self._server.ask("GET", self.discovery.kind(crd).path(crd))
            if answer.ok and self._serves(answer.body):
                return Change(crd, Action.APPLIED)
            self._sleep(ESTABLISHED_EVERY)
        return Change(crd, Action.APPLIED, error=f"not established after {ESTABLISHED_WITHIN:.0f} s")

    def find(self, ref: Ref) -> Live | None:
        """
        Under whatever version its kind is served now. Raises Refused.
        """
        try:
            current, kind = self.discovery.current(ref)
        except UnknownKind:
            return None
        answer = self._server.ask("GET", kind.path(current), accept=METADATA_ONLY)
        if answer.is_missing:
            return None
        metadata = answer.insist().body["metadata"]
        return Live(
            uid=metadata["uid"],
            annotations=metadata.get("annotations") or {},
            owner_references=metadata.get("ownerReferences") or [],
            finalizers=metadata.get("finalizers") or [],
            is_leaving="deletionTimestamp" in metadata,
        )

    def delete(self, ref: Ref, uid: str) -> Change:
        """
        That very object: one of the same name that took its place meanwhile stays. An object that something holds is
        LEAVING until that lets go.
        """
        try:
            current, kind = self.discovery.current(ref)
        except UnknownKind:
            return Change(ref, Action.GONE)
        options = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
        answer = self._server.ask("DELETE", kind.path(current), encoded(options), accept=METADATA_ONLY)
        if answer.is_missing:
            return Change(ref, Action.GONE)
        if not answer.ok:
            return Change(ref, Action.DELETED, error=answer.message)
        is_there_still = "deletionTimestamp" in (answer.body.get("metadata") or {})
        return Change(ref, Action.LEAVING if is_there_still else Action.DELETED)

    def has_contents(self, ref: Ref) -> bool:
        """
        Whether deleting it would take other things or data with it.
        """
        return has_contents(self._server, self.discovery, ref)

    def config_maps(self, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        selector = urlencode({"labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())})
        answer = self._server.ask("GET", f"/api/v1/namespaces/{quote(namespace)}/configmaps?{selector}")
        return list(answer.insist().body["items"])

    def _patch(self, ref: Ref, kind: Kind, data: bytes, *, dry_run: bool) -> Answer:
        query = {**APPLYING, **({"dryRun": "All"} if dry_run else {})}
        path = f"{kind.path(ref)}?{urlencode(query)}"
        return self._server.ask("PATCH", path, data, content_type=APPLY, accept=METADATA_ONLY)

    def _refusal(self, wanted: Desired, answer: Answer, *, dry_run: bool) -> Change:
        ref, message = wanted.ref, answer.message
        if answer.is_missing:
            self.discovery.forget(ref.api_version)
        if dry_run and NO_DRY_RUN in message:
            return Change(ref, Action.CHECKED, note=message)
        if _is_immutable(answer):
            return Change(ref, Action.CHECKED, error=message, is_immutable=True)
        return Change(ref, Action.CHECKED, error=message)

    def _serves(self, crd: dict[str, Any]) -> bool:
        conditions = (crd.get("status") or {}).get("conditions") or []
        if not any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
            return False
        spec = crd["spec"]
        served = [f"{spec['group']}/{version['name']}" for version in spec["versions"] if version.get("served")]
        for api_version in served:
            self.discovery.forget(api_version)
        return all(self.discovery.serves(api_version, spec["names"]["kind"]) for api_version in served)


def _state(answer: Answer) -> State | None:
    metadata = answer.body.get("metadata") or {}
    return State.of(metadata) if "uid" in metadata else None


def _is_immutable(answer: Answer) -> bool:
    is_invalid = answer.status in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.FORBIDDEN)
    return is_invalid and any(words in answer.message for words in IMMUTABLE)


def new_object(body: dict[str, Any], namespace: str) -> Desired:
    """
    An object of the agent's own, which carries no stamps.
    """
    manifest = Manifest(body)
    ref = manifest.ref
    placed = Ref(ref.group, ref.kind, namespace, ref.name, ref.version)
    return Desired(ref=placed, digest=b"", data=encoded(body))
