"""
The agent's pieces, and the threads that they run in.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from agent import VERSION, metrics
from agent.access import Credentials, ask_official_client
from agent.apiserver import ApiServer, ClusterUnreachable, Refused
from agent.bounds import Bounds
from agent.brake import Brake
from agent.broker import Broker, BrokerError, Identity, Standing
from agent.claims import Claims
from agent.cluster import KubernetesCluster
from agent.crew import Crew
from agent.deployer import Deployer
from agent.diagnosis import Diagnosis
from agent.diagnostics import Diagnostics
from agent.dispatch import Dispatcher, in_thread
from agent.health import health_server
from agent.health_reports import AGAIN_AFTER_SECONDS, LOOKS_EVERY_SECONDS, HealthReports
from agent.holdings import Holdings, Owners
from agent.inventory import Inventory
from agent.kstatus import has_health
from agent.lease import LOOKED_AT_EVERY_SECONDS, RENEWED_EVERY_SECONDS, Lease, holder_of
from agent.listening import listening
from agent.lookout import Lookout
from agent.loop import Loop
from agent.memory import Memory
from agent.outbox import Event, Outbox
from agent.pod_book import PodBook, PodBooks
from agent.pulse import Pulse, Vitals
from agent.settings import Settings
from agent.startup import introduce
from agent.telemetry import SENT_EVERY_SECONDS, TOLD_EVERY_SECONDS
from agent.texts import Texts
from agent.toolbox import Rules, Toolbox
from agent.watches import Watch, Watched, Watches

log = logging.getLogger("agent")

GRACE_SECONDS = 8.0
REPORT_AGAIN_SECONDS = 2.0


def start(settings: Settings) -> None:
    """
    Returns when a signal asks for it, within ten seconds: what still runs then is abandoned between two requests.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    stop, vitals = threading.Event(), Vitals()
    try:
        credentials = Credentials(lambda: ask_official_client(settings.kubeconfig_path))
        server = ApiServer(credentials, sleep=stop.wait)
        health = health_server((settings.health_host, settings.health_port), vitals)
        in_thread(health.serve_forever)
        log.info("started", extra={"fields": {"version": VERSION, "health_port": health.server_address[1]}})
        broker = Broker(settings.broker_url, settings.pak)
        memory = Memory(settings.data_dir, owner=(settings.broker_url, settings.agent_name, settings.cluster_name))
        me = introduce(settings, broker, stop.wait, memory.identity)
        memory.keep_identity(me)
        log.info("known to the broker", extra={"fields": {"agent": me.id, "status": me.status}})
        vitals.is_active = me.is_active
        Agent(settings, me, broker, server, memory, vitals, stop).work()
    except SystemExit:
        stop.set()
        log.info("stopped")


@dataclass
class Agent:
    """
    Everything together, once we know who we are.
    """

    settings: Settings
    me: Identity
    broker: Broker
    server: ApiServer
    memory: Memory
    vitals: Vitals
    stop: threading.Event

    def __post_init__(self) -> None:
        settings, me = self.settings, self.me
        self.lease = Lease(
            self.server,
            namespace=settings.namespace,
            agent_id=me.id,
            holder=holder_of(settings.data_dir),
            before_work=self._begin,
        )
        self.watching = self.server.fenced(lambda: not self.stop.is_set())
        self.fenced = self.server.fenced(lambda: self.lease.is_held() and not self.stop.is_set())
        self.cluster = KubernetesCluster(
            self.fenced, default_namespace=settings.watch_namespace or "default", sleep=self.stop.wait
        )
        self.inventory = Inventory(self.cluster, namespace=settings.namespace, agent_id=me.id)
        self.outbox, self.reports = Outbox(settings.data_dir), threading.Event()
        self.reports.set()
        self.questions = threading.Event()
        texts = Texts(settings.data_dir)
        self.deployer = Deployer(self.broker, texts, self.memory, self._tools(), self._wake, heed=self._heed)
        self.dispatcher = Dispatcher(self.deployer.all_stacks, self._may_work, after=self._after_a_pass)
        self.health = HealthReports(
            self.deployer.all_stacks,
            PodBooks(self._watch_pods, self._note_health),
            self.broker,
            me.id,
            interval=settings.health_interval,
            may_report=self._may_work,
        )
        self.lookout = Lookout(self.deployer, self._wake, self._note_health if settings.health else None)
        self.watches = Watches(self._watch)
        discovery = self.cluster.discovery
        owners = Owners(self.fenced, discovery, Holdings(self.inventory), uids_kept=settings.owners_kept)
        diagnosis = Diagnosis(self.fenced, owners)
        self.diagnostics = Diagnostics(self.broker, me.id, self.deployer, diagnosis, may_work=self._may_work)
        self.telemetry = listening(
            settings,
            broker=self.broker,
            agent_id=me.id,
            server=self.fenced,
            discovery=discovery,
            owners=owners,
            is_known=lambda stack_id: stack_id in self.deployer.stacks,
            may_work=self._may_work,
        )
        names = (settings.agent_name, settings.cluster_name)
        self.pulse = Pulse(me, names, self.broker, lease=self.lease, vitals=self.vitals, memory=self.memory)

    def work(self) -> NoReturn:
        """
        Loops of their own, so that none waits for another; only a signal ends them.
        """
        interval = self.settings.polling_interval.total_seconds()
        self.deployer.recall()
        self._spawn(self.probe, RENEWED_EVERY_SECONDS, after_trouble=LOOKED_AT_EVERY_SECONDS)
        self._spawn(self.pulse.heartbeat, interval)
        self._spawn(self.poll, interval)
        if self.settings.diagnostics:
            self._spawn(self.diagnose, 0.0, after_trouble=interval)
        if self.settings.kube_events or self.settings.pod_logs:
            self._spawn(self.telemetry.tell, TOLD_EVERY_SECONDS, after_trouble=SENT_EVERY_SECONDS)
        if self.settings.health:
            self._spawn(self.health.report_health, LOOKS_EVERY_SECONDS, after_trouble=AGAIN_AFTER_SECONDS)
        self._spawn(self.report, 0.0, after_trouble=min(interval, REPORT_AGAIN_SECONDS))
        working = threading.Thread(target=self.dispatcher.run, args=(self.stop.is_set,), daemon=True)
        working.start()
        try:
            while True:
                signal.pause()
        finally:
            self._end()

    def probe(self) -> None:
        """
        What waited for the lease goes on as soon as it is ours.
        """
        was_held = self.lease.is_held()
        self.pulse.probe()
        if not was_held:
            self._wake()

    def poll(self) -> None:
        if not self.vitals.is_active:
            return
        with metrics.poll_duration.time():
            try:
                self.deployer.poll()
            except BrokerError:
                metrics.poll_requests.labels("error").inc()
                raise
        metrics.poll_requests.labels("success").inc()
        metrics.last_poll.set_to_current_time()

    def report(self) -> None:
        _once_due(self.reports, lambda: self.outbox.send(self.broker, self.me.id))

    def diagnose(self) -> None:
        _once_due(self.questions, self.diagnostics.diagnose)

    def _tools(self) -> Toolbox:
        settings = self.settings
        brake = Brake(count=settings.brake_count, share=settings.brake_share, is_on=settings.brake)
        rules = Rules(
            checks_first=settings.dry_run,
            reapply_every=settings.reapply_interval,
            brake=brake,
        )
        return Toolbox(
            agent_id=self.me.id,
            namespace=settings.spared_namespace,
            cluster=self.cluster,
            bounds=Bounds(settings.namespace, settings.watch_namespace),
            inventory=self.inventory,
            claims=Claims(settings.watch_namespace or "default"),
            report=self._note_report,
            term=lambda: self.lease.term,
            crew=Crew(settings.apply_concurrency),
            rules=rules,
        )

    def _heed(self, standing: Standing) -> None:
        self.pulse.heed(standing)
        if self.diagnostics.is_due(standing):
            self.questions.set()

    def _begin(self) -> None:
        self.deployer.doubt_everything()

    def _note_report(self, event: Event) -> None:
        self.outbox.add(event)
        self.reports.set()

    def _note_health(self) -> None:
        self.health.news()

    def _may_work(self) -> bool:
        return self.vitals.is_active and self.broker.is_welcome and self.lease.is_held()

    def _wake(self) -> None:
        self.dispatcher.wake()

    def _after_a_pass(self) -> None:
        self.watches.keep(self.lookout.kinds())
        self.deployer.take_stock()
        self.health.news()

    def _watch(self, watched: Watched) -> Watch:
        """
        In full where the status tells of health.
        """
        in_full = self.settings.health and has_health(watched.group, watched.kind)
        namespace = self.settings.watch_namespace or ""
        return self._begun(
            Watch(watched, self.watching, self.cluster.discovery, self.lookout, namespace, in_full=in_full)
        )

    def _watch_pods(self, watched: Watched, book: PodBook) -> Watch:
        in_full, namespace = watched.kind == "Pod", watched.namespace
        return self._begun(
            Watch(watched, self.watching, self.cluster.discovery, book, namespace, in_full=in_full, selector="")
        )

    def _begun(self, watch: Watch) -> Watch:
        in_thread(watch.run)
        return watch

    def _spawn(self, step: Callable[[], None], interval: float, *, after_trouble: float | None = None) -> None:
        loop = Loop(step, interval, stop=self.stop.is_set, sleep=self.stop.wait, after_trouble=after_trouble)
        in_thread(loop.run)

    def _end(self) -> None:
        """
        What is in flight may finish; then the lease is given back, so that the next agent need not wait for it. What
        hangs is left behind: reports wait on disk, and the lease runs out.
        """
        ends_at = time.monotonic() + GRACE_SECONDS
        self.stop.set()
        self.dispatcher.wake()
        if self.dispatcher.settles_within(GRACE_SECONDS):
            leaving = threading.Thread(target=self._take_leave, daemon=True)
            leaving.start()
            leaving.join(ends_at - time.monotonic())

    def _take_leave(self) -> None:
        try:
            self.lease.release()
            self.outbox.send(self.broker, self.me.id)
        except (BrokerError, ClusterUnreachable, Refused) as error:
            log.warning("left without a word", extra={"fields": {"reason": str(error)}})


def _once_due(due: threading.Event, step: Callable[[], None]) -> None:
    """
    As soon as there is something to do; what failed is due again.
    """
    due.wait()
    due.clear()
    try:
        step()
    except BrokerError:
        due.set()
        raise


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
