"""
Telemetry: what is followed as long as this agent is the one at work, and sent to the broker now and then.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from agent.broker import Broker, BrokerError, BrokerRefused
from agent.buffer import Batch, Buffer
from agent.watches import Watched, Watches

log = logging.getLogger("agent")

TOLD_EVERY_SECONDS = 1.0
SENT_EVERY_SECONDS = 10.0
FINAL_REFUSALS = frozenset({400, 403, 413, 422})


class Ending(Protocol):
    """
    Who has to know that this agent is not the one at work.
    """

    def end(self) -> None: ...


class Telemetry:
    def __init__(
        self,
        broker: Broker,
        agent_id: str,
        buffer: Buffer,
        watches: Watches,
        onlookers: Collection[Ending],
        *,
        followed: Iterable[Watched],
        is_known: Callable[[str], bool],
        may_work: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._broker = broker
        self._agent_id = agent_id
        self._buffer = buffer
        self._watches = watches
        self._onlookers = onlookers
        self._followed = frozenset(followed)
        self._is_known = is_known
        self._may_work = may_work
        self._clock = clock
        self._sent_at = clock()

    def tell(self) -> None:
        """
        In one request, and in none where there is nothing to say. Raises BrokerError.
        """
        if not self._may_work():
            self._watches.keep(())
            for onlooker in self._onlookers:
                onlooker.end()
            return
        self._watches.keep(self._followed)
        if self._clock() - self._sent_at >= SENT_EVERY_SECONDS:
            self._send()

    def _send(self) -> None:
        """
        Where the broker names stacks that it will never take, what is of others is sent without them, once.
        """
        batch = self._buffer.take(self._is_known)
        if batch.is_empty:
            return
        self._sent_at = self._clock()
        refused = self._offer(batch)
        rest = batch.without(refused)
        if refused and not rest.is_empty:
            self._offer(rest)

    def _offer(self, batch: Batch) -> frozenset[str]:
        """
        The stacks because of which it was refused, if the broker named any. What it will never take is let go; all else
        is tried again.
        """
        try:
            self._broker.send_telemetry(self._agent_id, batch.body)
        except BrokerError as error:
            if not (isinstance(error, BrokerRefused) and error.status in FINAL_REFUSALS):
                self._buffer.put_back(batch)
                raise
            log.warning("telemetry was refused for good", extra={"fields": {"reason": str(error)}})
            named = error.details.get("stack_ids")
            return frozenset(map(str, named)) if isinstance(named, list) else frozenset()
        self._buffer.delivered(batch)
        return frozenset()
