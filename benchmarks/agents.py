"""
The agent as it is measured: a process, between a real broker and a real API server.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.client import Answer, Client
from benchmarks.process import Process, Spent, api_requests, for_the_work
from benchmarks.servers import OverHttp
from benchmarks.sight import Sight
from tools import parts

PATIENCE_SECONDS = 180.0
LOOKS_EVERY_SECONDS = 0.1
CLUSTER_NAME = "bench"


@dataclass(frozen=True)
class Agent:
    """
    A running agent, and what it is to the broker.
    """

    client: Client
    log: Path
    process: Process

    def seen(self, message: str, object_id: str = "") -> datetime:
        """
        The moment of its log line of that object, as soon as it is there.
        """
        for line in self._lines():
            if object_id in line and (said := _read(line)).get("message") in (message, "failed"):
                return _moment(said, message)
        raise TimeoutError(f"the agent did not say {message!r} within {PATIENCE_SECONDS:.0f} s")

    def spends(self, push: Callable[[], str]) -> Spent:
        """
        On the deployment object that is pushed: from the line that says that it has the text to the one that says that
        all is as the text has it. Its requests are those for the work.
        """
        requests, cpu = api_requests(self.metrics_url), self.process.cpu_seconds
        object_id = push()
        ended = self.seen("deployed", object_id)
        cpu = self.process.cpu_seconds - cpu
        made = api_requests(self.metrics_url) - requests
        seconds = (ended - self.seen("taken up", object_id)).total_seconds()
        return Spent(seconds, cpu, self.process.peak_mib, for_the_work(made))

    def _lines(self) -> Iterator[str]:
        """
        Of its log, as they come, for as long as we have patience.
        """
        deadline, rest = time.monotonic() + PATIENCE_SECONDS, b""
        with self.log.open("rb") as log:
            while time.monotonic() < deadline:
                *whole, rest = (rest + log.read()).split(b"\n")
                yield from (line.decode() for line in whole)
                time.sleep(LOOKS_EVERY_SECONDS)

    @property
    def metrics_url(self) -> str:
        port = next(said["health_port"] for line in self._lines() if "health_port" in (said := _read(line)))
        return f"http://{parts.LOOPBACK}:{port}/metrics"


@dataclass(frozen=True)
class Place:
    """
    Where the agents work: one broker, one cluster, one generator whose stacks they get.
    """

    folder: Path
    broker: parts.Broker
    cluster: parts.Cluster
    admin: Client
    generator: Client

    @contextmanager
    def agent(self, **settings: str) -> Iterator[Agent]:
        """
        A new one, known to the broker and with its lease.
        """
        name = f"agent-{uuid4().hex[:8]}"
        folder = self.folder / name
        folder.mkdir()
        client = self.admin.new_agent(name, self.generator)
        names = {"AGENT_NAME": name, "CLUSTER_NAME": CLUSTER_NAME}
        with parts.running_agent(folder, self.broker, self.cluster, client.pak, **names, **settings) as running:
            agent = Agent(client, running.log, Process(running.pid))
            agent.seen("at work")
            yield agent

    def new_stack(self, agent: Client) -> str:
        stack_id = self.generator.new_stack(f"stack-{uuid4().hex[:8]}")
        self.admin.target(agent, stack_id)
        return stack_id

    def sight(self, namespace: str) -> AbstractContextManager[Sight]:
        return Sight.of(self.cluster.program, self.cluster.kubeconfig, namespace)

    def push(self, stack_id: str, text: str) -> str:
        """
        The id of the deployment object.
        """
        return str(self.generator.push(stack_id, text)["id"])

    @contextmanager
    def namespace(self) -> Iterator[str]:
        """
        A new one. When it ends, it and all that was in it are gone.
        """
        name = f"bench-{uuid4().hex[:8]}"
        self.cluster.kubectl("create", "namespace", name)
        try:
            yield name
        finally:
            self.cluster.kubectl("delete", "namespace", name, "--wait", f"--timeout={PATIENCE_SECONDS:.0f}s")


@contextmanager
def a_place() -> Iterator[Place]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        parts.running_broker(Path(folder)) as broker,
        parts.running_cluster(Path(folder)) as cluster,
    ):
        admin = Client(Anew(broker.url), broker.admin_pak)
        yield Place(Path(folder), broker, cluster, admin, admin.new_generator("bench"))


@dataclass(frozen=True)
class Anew:
    """
    A connection for each request: between two of them there may be minutes.
    """

    url: str

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = OverHttp(self.url)
        try:
            return connection(method, path, headers, body)
        finally:
            connection.close()


def _read(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def _moment(said: dict[str, Any], message: str) -> datetime:
    if said["message"] != message:
        raise RuntimeError(f"the agent could not: {said}")
    return datetime.fromisoformat(said["at"])
