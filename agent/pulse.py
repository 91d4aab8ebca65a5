"""
The heartbeat: how the cluster is, told to the broker, and our own row read back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from agent.broker import Broker, BrokerError, Identity
from agent.reconcile import ClusterUnreachable


class Probed(Protocol):
    def version(self) -> str: ...


@dataclass
class Vitals:
    """
    What the heartbeat found last. Read by the poll, which works only while we are active, and by the health server.
    """

    is_active: bool = False
    kubernetes_error: str | None = "not asked yet"
    broker_connected: bool = False
    last_heartbeat_at: datetime | None = None


class Pulse:
    def __init__(
        self,
        me: Identity,
        names: tuple[str, str],
        broker: Broker,
        cluster: Probed,
        vitals: Vitals,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me = me
        self._names = names
        self._broker = broker
        self._cluster = cluster
        self._vitals = vitals
        self._now = now
        self._clock = clock

    def heartbeat(self) -> None:
        latency = self._probe()
        try:
            self._broker.heartbeat(self._me.id, k8s_reachable=latency is not None, k8s_api_latency_ms=latency)
            me = self._broker.find_self(*self._names)
        except BrokerError:
            self._vitals.broker_connected = False
            raise
        self._vitals.broker_connected = True
        self._vitals.last_heartbeat_at = self._now()
        self._vitals.is_active = me.is_active

    def _probe(self) -> int | None:
        started = self._clock()
        try:
            self._cluster.version()
        except ClusterUnreachable as error:
            self._vitals.kubernetes_error = str(error)
            return None
        self._vitals.kubernetes_error = None
        return round((self._clock() - started) * 1000)
