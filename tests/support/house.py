"""
An agent's whole machinery between a broker that is a dict and a cluster that is one; nothing runs by itself.
"""

from datetime import UTC, datetime, timedelta

from agent.bounds import Bounds
from agent.brake import Brake
from agent.broker import Broker
from agent.claims import Claims
from agent.deployer import Deployer
from agent.dispatch import Dispatcher
from agent.health_reports import HealthReports
from agent.inventory import Inventory
from agent.lookout import Lookout
from agent.memory import Memory
from agent.outbox import Outbox
from agent.pod_book import PodBooks
from agent.refs import Ref
from agent.texts import Texts
from agent.toolbox import Rules, Toolbox
from tests.support.bundles import AGENT, STACK
from tests.support.fakes import FakeCluster
from tests.support.tiny_broker import TinyBroker

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Idle:
    """
    A watch that sees nothing by itself.
    """

    def end(self):
        self.is_ended = True


class House:
    def __init__(self, folder=None, broker=None, cluster=None, *, clock=None, brake=None, client=None, agent_id=AGENT):
        self.folder = folder
        self.broker = broker or TinyBroker()
        self.cluster = cluster or FakeCluster()
        self.clock = clock or Clock()
        self.client = client or Broker("http://broker", "a_b_c", transport=self.broker)
        self.agent_id = agent_id
        self.term = 1
        self.outbox = Outbox(folder)
        self.inventory = Inventory(self.cluster, namespace="brokkr-system", agent_id=agent_id)
        tools = Toolbox(
            agent_id=agent_id,
            namespace="brokkr-system",
            cluster=self.cluster,
            bounds=Bounds("brokkr-system"),
            inventory=self.inventory,
            claims=Claims(),
            report=self.outbox.add,
            term=lambda: self.term,
            rules=Rules(brake=brake or Brake()),
            clock=self.clock,
            spread=lambda low, high: 1.0,
        )
        memory = Memory(folder, owner=("http://broker",))
        self.standings = []
        self.deployer = Deployer(
            self.client, Texts(folder), memory, tools, wake=lambda: None, heed=self.standings.append
        )
        self.dispatcher = Dispatcher(
            self.deployer.all_stacks,
            lambda: True,
            after=self.deployer.take_stock,
            start=lambda work: work(),
            clock=self.clock,
        )
        self.pods = PodBooks(self.watch_pods, self.note_health)
        self.may_report = True
        self.health = HealthReports(
            self.deployer.all_stacks,
            self.pods,
            self.client,
            agent_id,
            interval=timedelta(minutes=1),
            may_report=lambda: self.may_report,
            now=lambda: NOON,
            clock=self.clock,
        )
        self.lookout = Lookout(self.deployer, wake=lambda: None, health=self.note_health)

    def watch_pods(self, watched, book):
        return Idle()

    def note_health(self):
        self.health.news()

    def poll(self):
        """
        One poll, the work that it gives, and the reports of that; what went wrong with the poll is raised last.
        """
        try:
            self.deployer.poll()
        finally:
            self.work()

    def work(self, after=0.0):
        self.clock.now += after
        self.dispatcher.start_due()
        self.outbox.send(self.client, self.agent_id)

    def push(self, *names, stack=STACK, **rest):
        return self.broker.push(text_of(*names), stack=stack, **rest)

    def saw(self, name, namespace="default"):
        """
        A watch shows a ConfigMap as it stands now.
        """
        ref = config_map_ref(name, namespace)
        self.lookout.saw(ref, *self.cluster.shown(ref))

    def take(self, name, key, manager):
        ref = config_map_ref(name)
        self.lookout.saw(ref, *self.cluster.take(ref, key, manager))

    def restarted(self):
        return House(self.folder, self.broker, self.cluster, clock=self.clock)


def config_map_ref(name, namespace="default"):
    return Ref("", "ConfigMap", namespace, name, "v1")


def text_of(*names, annotations=None):
    notes = "".join(f"\n    {key}: {value!r}" for key, value in (annotations or {}).items())
    notes = f"\n  annotations:{notes}" if notes else ""
    return "---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}{notes}\ndata: {{a: b}}\n" for name in names
    )
