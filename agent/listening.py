"""
The pieces of telemetry, put together.
"""

from collections.abc import Callable

from agent.apiserver import ApiServer
from agent.broker import Broker
from agent.buffer import Buffer
from agent.discovery import Discovery
from agent.dispatch import in_thread
from agent.holdings import Owners
from agent.kube_events import EVENTS, KubeEvents
from agent.pod_logs import PODS, PodLogs
from agent.settings import Settings
from agent.telemetry import Telemetry
from agent.watches import Onlooker, Watch, Watched, Watches


def listening(
    settings: Settings,
    *,
    broker: Broker,
    agent_id: str,
    server: ApiServer,
    discovery: Discovery,
    owners: Owners,
    is_known: Callable[[str], bool],
    may_work: Callable[[], bool],
) -> Telemetry:
    buffer = Buffer()
    kube_events, pod_logs = KubeEvents(owners, buffer), PodLogs(server, owners, buffer, in_thread)

    def start(watched: Watched) -> Watch:
        namespace, in_full = settings.watch_namespace or "", watched == EVENTS
        onlooker: Onlooker = kube_events if watched == EVENTS else pod_logs
        watch = Watch(watched, server, discovery, onlooker, namespace, in_full=in_full, selector="")
        in_thread(watch.run)
        return watch

    wanted = {EVENTS: settings.kube_events, PODS: settings.pod_logs}
    return Telemetry(
        broker,
        agent_id,
        buffer,
        Watches(start),
        (kube_events, pod_logs),
        followed=[watched for watched, is_on in wanted.items() if is_on],
        is_known=is_known,
        may_work=may_work,
    )
