"""
The heartbeat: how the cluster is, told to the broker; and what the broker has us be.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from agent.apiserver import ClusterUnreachable, Refused
from agent.broker import Broker, BrokerError, Identity, Standing
from agent.memory import Memory
from agent.metrics import heartbeats

LOOKED_UP_EVERY_SECONDS = 600.0


class Renewed(Protocol):
    other: str | None

    def renew(self) -> None: ...


@dataclass
class Vitals:
    """
    What was found last: by the probe, and by the heartbeat.
    """

    is_active: bool = False
    kubernetes_error: str | None = "not asked yet"
    kubernetes_latency_ms: int | None = None
    broker_connected: bool = False
    last_heartbeat_at: datetime | None = None


class Pulse:
    def __init__(
        self,
        me: Identity,
        names: tuple[str, str],
        broker: Broker,
        *,
        lease: Renewed,
        vitals: Vitals,
        memory: Memory,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me = me
        self._names = names
        self._broker = broker
        self._lease = lease
        self._vitals = vitals
        self._memory = memory
        self._now = now
        self._clock = clock
        self._is_told = False
        self._looked_up_at = -math.inf

    def probe(self) -> None:
        """
        Keep the lease, and find out on the way whether the API server answers. An answer that is a refusal is one too.
        Raises Refused where another agent has the lease, so that its end is seen soon.
        """
        started = self._clock()
        try:
            self._lease.renew()
        except ClusterUnreachable as error:
            self._vitals.kubernetes_error, self._vitals.kubernetes_latency_ms = str(error), None
            raise
        except Refused:
            self._answered(started)
            raise
        self._answered(started)
        if self._lease.other is not None:
            raise Refused(f"another agent of this identity is at work: {self._lease.other}")

    def heed(self, standing: Standing) -> None:
        """
        What a poll brought. It can end our being active, and not begin it: who is inactive does not poll.
        """
        self._is_told = standing.status is not None
        if standing.status is not None and standing.is_inactive:
            self._vitals.is_active = False
            self._memory.keep_identity(Identity(self._me.id, standing.status))

    def heartbeat(self) -> None:
        """
        Our own row is read where no poll tells our status, and now and then all the same: that shows whether we are
        still known by our names.
        """
        latency = self._vitals.kubernetes_latency_ms
        try:
            self._broker.heartbeat(self._me.id, k8s_reachable=latency is not None, k8s_api_latency_ms=latency)
            me = self._broker.find_self(*self._names) if self._must_look_up() else None
        except BrokerError:
            self._vitals.broker_connected = False
            raise
        heartbeats.inc()
        self._vitals.broker_connected = True
        self._vitals.last_heartbeat_at = self._now()
        if me is not None:
            self._looked_up_at = self._clock()
            self._vitals.is_active = me.is_active
            self._memory.keep_identity(me)

    def _must_look_up(self) -> bool:
        if self._vitals.is_active and self._is_told:
            return self._clock() - self._looked_up_at >= LOOKED_UP_EVERY_SECONDS
        return True

    def _answered(self, started: float) -> None:
        self._vitals.kubernetes_error = None
        self._vitals.kubernetes_latency_ms = round((self._clock() - started) * 1000)
