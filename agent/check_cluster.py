"""
What the cluster says: whether it answers, what we may do there, and who is at work.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from agent.access import ClusterNotConfigured, Credentials
from agent.apiserver import PROBE_TIMEOUT, ApiServer, ClusterUnreachable, Refused
from agent.broker import Identity
from agent.finding import Finding
from agent.lease import path_of
from agent.rights import APPLYING, CLUSTER_SCOPED, IN_A_NAMESPACE, NAMESPACES, OWN, SEEING, denied
from agent.settings import Settings

CONFIGURE = "set BROKKR__AGENT__KUBECONFIG_PATH, or run the agent as a pod with a ServiceAccount"
REACH = "is it up, and may this machine reach it?"
CREDENTIALS = "are its credentials right, and not expired?"
HALF_RIGHTS = f"what it may not delete stays, what it may not watch drifts: grant {', '.join(APPLYING)} together"
NO_SIGHT = (
    "grant them as agent/deploy does, or set BROKKR__AGENT__DIAGNOSTICS, …KUBE_EVENTS, …POD_LOGS and "
    "…DEPLOYMENT_HEALTH_ENABLED to false"
)
NO_RIGHTS = "grant it agent/deploy/cluster, or agent/deploy/namespaced with BROKKR__AGENT__WATCH_NAMESPACE"


def ask_cluster(settings: Settings, credentials: Callable[[], Credentials], me: Identity | None) -> Iterator[Finding]:
    try:
        known = credentials()
        server = ApiServer(known)
    except ClusterNotConfigured as error:
        yield Finding("cluster", str(error), CONFIGURE)
        return
    yield from ask_api_server(settings, server, known.access.host, me)


def ask_api_server(settings: Settings, server: ApiServer, host: str, me: Identity | None) -> Iterator[Finding]:
    try:
        version = server.ask("GET", "/version", tries=1, timeout=PROBE_TIMEOUT).insist().body
        yield Finding("cluster", f"Kubernetes {version.get('gitVersion')} at {host}")
        yield own_namespace(settings.namespace, server)
        yield applying(settings.watch_namespace, server)
        yield seeing(settings.watch_namespace, server)
        if me is not None:
            yield lease(settings.namespace, server, me)
    except ClusterUnreachable as error:
        yield Finding("cluster", f"{host}: {error}", REACH)
    except Refused as error:
        yield Finding("cluster", f"{host}: {error}", CREDENTIALS)


def own_namespace(namespace: str, server: ApiServer) -> Finding:
    """
    Where it keeps its inventories and its Lease. One that is not there yet it makes, if it may.
    """
    if not _is_there(namespace, server) and denied(server, NAMESPACES, ("create",), ""):
        todo = f"kubectl create namespace {namespace}, or set BROKKR__AGENT__NAMESPACE to one that is there"
        return Finding("own namespace", f"{namespace} is not there, and the agent may not make it", todo)
    missing = [f"{verb} {kind.name}" for kind, verbs in OWN.items() for verb in denied(server, kind, verbs, namespace)]
    if missing:
        todo = f"grant it the Role of agent/deploy/base in {namespace}"
        return Finding("own namespace", f"{namespace}: it may not {', '.join(missing)}", todo)
    return Finding("own namespace", f"{namespace}: it may keep its inventories and its Lease")


def applying(only_namespace: str | None, server: ApiServer) -> Finding:
    """
    By a few kinds. One that it may not touch at all is somebody's choice; one that it may half touch is a mistake.
    """
    if only_namespace and not _is_there(only_namespace, server):
        todo = f"kubectl create namespace {only_namespace}, or set BROKKR__AGENT__WATCH_NAMESPACE to one that is there"
        return Finding("applying", f"the namespace {only_namespace} is not there", todo)
    kinds = IN_A_NAMESPACE if only_namespace else CLUSTER_SCOPED + IN_A_NAMESPACE
    missing = {kind.name: denied(server, kind, APPLYING, only_namespace or "") for kind in kinds}
    half = [f"{verb} {name}" for name, verbs in missing.items() if 0 < len(verbs) < len(APPLYING) for verb in verbs]
    whole = [name for name, verbs in missing.items() if not verbs]
    where = f"in {only_namespace}" if only_namespace else "everywhere"
    if half:
        return Finding("applying", f"it may not {', '.join(half)} {where}", HALF_RIGHTS)
    if not whole:
        return Finding("applying", f"it may apply nothing {where}", NO_RIGHTS)
    refused = [name for name in missing if name not in whole]
    return Finding("applying", f"{where}: {', '.join(whole)}{'; not: ' if refused else ''}{', '.join(refused)}")


def seeing(only_namespace: str | None, server: ApiServer) -> Finding:
    """
    What it needs to tell why something does not run.
    """
    missing = [
        f"{verb} {kind.name}"
        for kind, verbs in SEEING.items()
        for verb in denied(server, kind, verbs, only_namespace or "")
    ]
    where = f"in {only_namespace}" if only_namespace else "everywhere"
    if missing:
        return Finding("seeing", f"it may not {', '.join(missing)} {where}", NO_SIGHT)
    return Finding("seeing", f"{where}: pods, their logs, events")


def lease(
    namespace: str, server: ApiServer, me: Identity, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Finding:
    answer = server.ask("GET", path_of(namespace, me.id))
    spec = {} if answer.is_missing else answer.insist().body.get("spec") or {}
    holder, renewed = spec.get("holderIdentity"), spec.get("renewTime")
    if not holder or not renewed:
        return Finding("lease", "no agent of this identity is at work")
    ago = (now() - datetime.fromisoformat(renewed)).total_seconds()
    return Finding("lease", f"held by {holder}, renewed {ago:.0f} s ago")


def _is_there(namespace: str, server: ApiServer) -> bool:
    """
    As far as it may look.
    """
    if denied(server, NAMESPACES, ("get",), namespace):
        return True
    return not server.ask("GET", f"/api/v1/namespaces/{quote(namespace)}").is_missing
