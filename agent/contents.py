"""
What a Namespace, a definition or a volume would take with it.
"""

from collections.abc import Iterable
from urllib.parse import quote

from agent.apiserver import METADATA_LISTS, ApiServer
from agent.discovery import Discovery, Kind, UnknownKind
from agent.refs import Ref

IN_A_NAMESPACE = (
    ("v1", ("pods", "services", "persistentvolumeclaims", "secrets", "configmaps", "replicationcontrollers")),
    ("apps/v1", ("deployments", "statefulsets", "daemonsets", "replicasets")),
    ("batch/v1", ("jobs", "cronjobs")),
    ("networking.k8s.io/v1", ("ingresses",)),
)
IN_EVERY_NAMESPACE = frozenset({"kube-root-ca.crt"})


def has_contents(server: ApiServer, discovery: Discovery, ref: Ref) -> bool:
    """
    A Namespace: any object of the kinds that people put into one, or of a kind of ours that is known by now. A
    definition: any object of its kind. A volume or a claim: whether it is bound. Raises Refused.
    """
    if ref.is_namespace:
        return any(_holds_any(server, path) for path in _collections(discovery, ref.name))
    if ref.is_crd:
        return any(_holds_any(server, path) for path in _instances(discovery, ref))
    if ref.is_volume:
        return _is_bound(server, discovery, ref)
    return False


def _collections(discovery: Discovery, namespace: str) -> Iterable[str]:
    for api_version, plurals in IN_A_NAMESPACE:
        root = "/apis" if "/" in api_version else "/api"
        yield from (f"{root}/{api_version}/namespaces/{quote(namespace)}/{plural}" for plural in plurals)
    yield from discovery.used_collections(namespace)


def _instances(discovery: Discovery, crd: Ref) -> Iterable[str]:
    plural, _, group = crd.name.partition(".")
    for version, kinds in discovery.of_group(group):
        for kind in kinds:
            if kind.plural == plural:
                yield Kind(plural, namespaced=False).collection(Ref(group, "", "", "", version))
                return


def _holds_any(server: ApiServer, path: str) -> bool:
    answer = server.ask("GET", f"{path}?limit=2", accept=METADATA_LISTS)
    if answer.is_missing:
        return False
    items = answer.insist().body.get("items") or []
    return any(item["metadata"]["name"] not in IN_EVERY_NAMESPACE for item in items)


def _is_bound(server: ApiServer, discovery: Discovery, ref: Ref) -> bool:
    try:
        current, kind = discovery.current(ref)
    except UnknownKind:
        return False
    answer = server.ask("GET", kind.path(current))
    return not answer.is_missing and (answer.insist().body.get("status") or {}).get("phase") == "Bound"
