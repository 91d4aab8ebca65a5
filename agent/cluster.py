"""
The cluster as the API server shows it. Alone in importing kubernetes, of which it
takes the configuration and the connections.

Requests go straight to the client's connection pool: the generated API knows no server-side apply of any kind at will,
and its dynamic client reads every API group before it does anything.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from kubernetes.client import ApiClient, Configuration
from kubernetes.config import ConfigException, load_incluster_config, load_kube_config

from agent.changes import Action, Change
from agent.manifests import Manifest, Ref
from agent.ownership import Live
from agent.reconcile import ClusterUnreachable, Refused

FIELD_MANAGER = "brokkr-controller"
TIMEOUT = urllib3.Timeout(connect=5, read=60)
PROBE_TIMEOUT = urllib3.Timeout(connect=2, read=5)
METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
ESTABLISHED_WITHIN = 30.0
ESTABLISHED_EVERY = 0.1


class ClusterNotConfigured(Exception):
    """
    There is no kubeconfig, or none that can be read.
    """


class Stopping(Exception):
    """
    The agent was told to end: no further request is made.
    """


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def message(self) -> str:
        return str(self.body.get("message") or f"the API server answered {self.status}")


@dataclass(frozen=True)
class Kind:
    plural: str
    namespaced: bool


class KubernetesCluster:
    def __init__(
        self,
        client: ApiClient,
        *,
        default_namespace: str = "default",
        stopping: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = client
        self._pool = client.rest_client.pool_manager
        self._default_namespace = default_namespace
        self._stopping = stopping
        self._sleep = sleep
        self._kinds: dict[str, dict[str, Kind]] = {}

    @classmethod
    def connect(cls, kubeconfig: str | None, **options: Any) -> "KubernetesCluster":
        """
        By a kubeconfig where one is named, else as the pod we run in, else by the user's own.

        Raises ClusterNotConfigured.
        """
        configuration = Configuration()
        try:
            _configure(configuration, kubeconfig)
        except (ConfigException, OSError, ValueError) as error:
            raise ClusterNotConfigured(f"no usable Kubernetes configuration: {error}") from error
        configuration.retries = False
        return cls(ApiClient(configuration), **options)

    def version(self) -> str:
        """
        The probe: short of patience, since a heartbeat waits for it.
        """
        answer = self._request("GET", "/version", timeout=PROBE_TIMEOUT)
        if not answer.ok:
            raise ClusterUnreachable(answer.message)
        return str(answer.body.get("gitVersion"))

    def apply(self, manifest: Manifest, *, dry_run: bool = False) -> Change:
        ref = manifest.ref
        try:
            kind = self._kind(ref)
        except Refused as error:
            return Change(ref, Action.CHECKED, error=str(error))
        ref = self._placed(ref, kind)
        query = {"fieldManager": FIELD_MANAGER, "force": "true", **({"dryRun": "All"} if dry_run else {})}
        path = f"{_path(ref, kind)}?{urlencode(query)}"
        answer = self._request("PATCH", path, manifest.body, content_type="application/apply-patch+yaml")
        action = Action.CREATED if answer.status == HTTPStatus.CREATED else Action.APPLIED
        return Change(
            ref, Action.CHECKED if dry_run else action, error=None if answer.ok else self._refusal(ref, answer)
        )

    def await_established(self, crd: Ref) -> Change:
        """
        Until the API server serves the new kind; what was known of its group is asked again.
        """
        for _ in range(round(ESTABLISHED_WITHIN / ESTABLISHED_EVERY)):
            answer = self._request("GET", _path(crd, self._kind(crd)))
            if answer.ok and self._serves(answer.body):
                return Change(crd, Action.APPLIED)
            self._sleep(ESTABLISHED_EVERY)
        return Change(crd, Action.APPLIED, error=f"not established after {ESTABLISHED_WITHIN:.0f} s")

    def find(self, ref: Ref) -> Live | None:
        try:
            kind = self._kind(ref)
        except UnknownKind:
            return None
        answer = self._request("GET", _path(ref, kind), accept=METADATA_ONLY)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if not answer.ok:
            raise Refused(answer.message)
        metadata = answer.body["metadata"]
        return Live(metadata["uid"], metadata.get("annotations") or {}, metadata.get("ownerReferences") or [])

    def delete(self, ref: Ref, uid: str) -> Change:
        """
        That very object: one of the same name that took its place meanwhile stays.
        """
        options = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
        answer = self._request("DELETE", _path(ref, self._kind(ref)), options)
        if answer.status == HTTPStatus.NOT_FOUND:
            return Change(ref, Action.GONE)
        return Change(ref, Action.DELETED, error=None if answer.ok else answer.message)

    def config_maps(self, namespace: str, labels: dict[str, str]) -> list[dict[str, Any]]:
        selector = urlencode({"labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())})
        answer = self._request("GET", f"/api/v1/namespaces/{quote(namespace)}/configmaps?{selector}")
        if not answer.ok:
            raise Refused(answer.message)
        return list(answer.body["items"])

    def _serves(self, crd: dict[str, Any]) -> bool:
        conditions = (crd.get("status") or {}).get("conditions") or []
        if not any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
            return False
        spec = crd["spec"]
        served = [f"{spec['group']}/{version['name']}" for version in spec["versions"] if version.get("served")]
        for api_version in served:
            self._kinds.pop(api_version, None)
        return all(spec["names"]["kind"] in self._discovered(api_version) for api_version in served)

    def _placed(self, ref: Ref, kind: Kind) -> Ref:
        namespace = (ref.namespace or self._default_namespace) if kind.namespaced else ""
        return Ref(ref.group, ref.kind, namespace, ref.name, ref.version)

    def _refusal(self, ref: Ref, answer: Answer) -> str:
        if answer.status == HTTPStatus.NOT_FOUND:
            self._kinds.pop(ref.api_version, None)
        return answer.message

    def _kind(self, ref: Ref) -> Kind:
        known = self._discovered(ref.api_version)
        if ref.kind not in known:
            del self._kinds[ref.api_version]
            raise UnknownKind(f'no kind "{ref.kind}" in "{ref.api_version}"')
        return known[ref.kind]

    def _discovered(self, api_version: str) -> dict[str, Kind]:
        if api_version not in self._kinds:
            root = "/apis" if "/" in api_version else "/api"
            answer = self._request("GET", f"{root}/{quote(api_version)}")
            if not answer.ok and answer.status != HTTPStatus.NOT_FOUND:
                raise Refused(answer.message)
            self._kinds[api_version] = {
                resource["kind"]: Kind(resource["name"], resource["namespaced"])
                for resource in answer.body.get("resources", [])
                if "/" not in resource["name"]
            }
        return self._kinds[api_version]

    def _request(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout: urllib3.Timeout = TIMEOUT,
    ) -> Answer:
        if self._stopping():
            raise Stopping
        headers = {"Accept": accept, "Content-Type": content_type, "User-Agent": FIELD_MANAGER}
        self._client.update_params_for_auth(headers, [], ["BearerToken"])
        try:
            response = self._pool.request(
                method,
                self._client.configuration.host + path,
                body=None if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode(),
                headers=headers,
                timeout=timeout,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ClusterUnreachable(f"the API server is unreachable: {type(error).__name__}") from error
        return Answer(response.status, _json(response.data))


class UnknownKind(Refused):
    """
    The API server serves no such kind.
    """


def _configure(configuration: Configuration, kubeconfig: str | None) -> None:
    if kubeconfig:
        load_kube_config(config_file=kubeconfig, client_configuration=configuration)
        return
    try:
        load_incluster_config(client_configuration=configuration)
    except ConfigException:
        load_kube_config(client_configuration=configuration)


def _path(ref: Ref, kind: Kind) -> str:
    root = "/apis" if ref.group else "/api"
    place = f"/namespaces/{quote(ref.namespace, safe='')}" if kind.namespaced else ""
    return f"{root}/{ref.api_version}{place}/{kind.plural}/{quote(ref.name, safe='')}"


def _json(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"message": data[:200].decode(errors="replace")}
