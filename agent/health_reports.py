"""
When the broker is told of health: a change within about a second, and everything from time to time. Nothing is kept for
later: health is about now.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol

from agent import metrics
from agent.broker import Broker, BrokerError, BrokerRefused
from agent.checkup import NOT_SEEN_YET, Examined
from agent.health_record import STATUSES, record, unsettled
from agent.journal import log_health
from agent.pods import Pod
from agent.refs import Ref

log = logging.getLogger("agent")

OF_ONE_RECORD = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY})
LOOKS_EVERY_SECONDS = 1.0
AGAIN_AFTER_SECONDS = 5.0
AWAITED_SECONDS = 3.0
BATCH = 100

Record = dict[str, Any]


class Patient(Protocol):
    id: str

    def findings(self) -> tuple[str, Mapping[Ref, Examined]] | None: ...


class Followed(Protocol):
    def follow(self, namespaces: Iterable[str], *, only: bool) -> None: ...

    def made_by(self, namespace: str, uid: str, revision: str) -> list[Pod]: ...


class HealthReports:
    def __init__(
        self,
        stacks: Callable[[], Iterable[Patient]],
        pods: Followed,
        broker: Broker,
        agent_id: str,
        *,
        interval: timedelta,
        may_report: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stacks = stacks
        self._pods = pods
        self._broker = broker
        self._agent_id = agent_id
        self._interval = interval.total_seconds()
        self._may_report = may_report
        self._now = now
        self._clock = clock
        self._news = threading.Event()
        self._everything_at = 0.0
        self._told: dict[str, Record] = {}
        self._awaited: dict[str, float] = {}

    def news(self) -> None:
        """
        Something may have changed.
        """
        self._news.set()

    def report_health(self) -> None:
        """
        To be called every second: that is the damping. A report that fails is made anew, by what is true then; raises
        BrokerError.
        """
        is_due = self._clock() >= self._everything_at
        if not self._may_report() or not (is_due or self._news.is_set()):
            return
        self._news.clear()
        records = self._records(is_due=is_due)
        fresh = {stack_id: one for stack_id, one in records.items() if is_due or one != self._told.get(stack_id)}
        try:
            self._send_all(fresh)
        except BrokerRefused:
            self._put_off()
            raise
        except BrokerError:
            self._news.set()
            raise
        if is_due:
            self._put_off()

    def _put_off(self) -> None:
        self._everything_at = self._clock() + self._interval

    def _records(self, *, is_due: bool) -> dict[str, Record]:
        known = {stack.id: findings for stack in self._stacks() if (findings := stack.findings()) is not None}
        self._told = {stack_id: told for stack_id, told in self._told.items() if stack_id in known}
        self._awaited = {stack_id: since for stack_id, since in self._awaited.items() if stack_id in known}
        self._pods.follow(set[str]().union(*(unsettled(found) for _, found in known.values())), only=is_due)
        records = {
            stack_id: record(object_id, found, self._pods.made_by)
            for stack_id, (object_id, found) in known.items()
            if not self._is_awaited(stack_id, found)
        }
        for status in STATUSES:
            metrics.health.labels(status).set(sum(one["status"] == status for one in records.values()))
        return records

    def _is_awaited(self, stack_id: str, found: Mapping[Ref, Examined]) -> bool:
        """
        What was applied a moment ago is seen in the next one: a healthy stack that was healed, or whose agent was
        started again, is not to look as if it were coming up.
        """
        if not any(one.judgement is NOT_SEEN_YET for one in found.values()):
            self._awaited.pop(stack_id, None)
            return False
        since = self._awaited.setdefault(stack_id, self._clock())
        is_awaited = self._clock() - since < AWAITED_SECONDS
        if is_awaited:
            self._news.set()
        return is_awaited

    def _send_all(self, records: dict[str, Record]) -> None:
        stack_ids = list(records)
        for start in range(0, len(stack_ids), BATCH):
            self._send({stack_id: records[stack_id] for stack_id in stack_ids[start : start + BATCH]})

    def _send(self, batch: dict[str, Record]) -> None:
        """
        One record that the broker will not have, of a stack that was deleted a moment ago, takes all of its batch with
        it: the others are sent without it.
        """
        checked_at = self._now().isoformat()
        try:
            self._broker.report_health(self._agent_id, [{**one, "checked_at": checked_at} for one in batch.values()])
        except BrokerRefused as error:
            metrics.health_reports.labels("error").inc()
            if error.status not in OF_ONE_RECORD:
                raise
            self._send_halves(batch, error)
            return
        except BrokerError:
            metrics.health_reports.labels("error").inc()
            raise
        metrics.health_reports.labels("success").inc()
        for stack_id, one in batch.items():
            log_health(stack_id, one, self._told.get(stack_id))
        self._told.update(batch)

    def _send_halves(self, batch: dict[str, Record], error: BrokerRefused) -> None:
        if len(batch) == 1:
            (stack_id,) = batch
            log.warning("its health was refused", extra={"fields": {"stack": stack_id, "reason": str(error)}})
            self._told.update(batch)
            return
        stack_ids = list(batch)
        middle = len(stack_ids) // 2
        for half in (stack_ids[:middle], stack_ids[middle:]):
            self._send({stack_id: batch[stack_id] for stack_id in half})
