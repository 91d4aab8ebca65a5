"""
A page of the audit log, and what it says of the rest, in a short log and in a long one.
"""

import statistics
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from benchmarks.client import Client
from benchmarks.in_process import install
from benchmarks.report import Figure
from benchmarks.servers import a_store
from benchmarks.wire import Cost, wire
from chalicelib.domain.audit import Entry
from chalicelib.store.audit import AuditItem

SHORT, LONG = 1_000, 100_000
SAMPLES = 100
TOLERANCE = 1.5
SPAN = timedelta(days=80)
ACTIONS = ("stack.created", "stack.deleted", "pak.rotated", "target.created")
NAMESPACE = UUID(int=0)
SOMEBODY, SOMETHING = uuid5(NAMESPACE, "somebody"), uuid5(NAMESPACE, "something")

QUESTIONS = {
    "all": "limit=100",
    "of an actor": f"limit=100&actor_id={SOMEBODY}",
    "of a resource": f"limit=100&resource_id={SOMETHING}",
    "of a prefix": "limit=100&action=stack.*",
    "of an action": "limit=100&action=stack.created",
    "of an action and a kind of actor": "limit=100&action=stack.created&actor_type=admin",
    "in the middle": "limit=100&offset={half}",
}


def measure(effort: float) -> list[Figure]:
    long, samples = max(SHORT, round(LONG * effort)), max(10, round(SAMPLES * effort))
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as short_folder,
        tempfile.TemporaryDirectory(prefix="bench-") as long_folder,
        a_store(Path(short_folder)) as short_store,
        a_store(Path(long_folder)) as long_store,
    ):
        logs = [(store, _log(store, size), size) for store, size in ((short_store, SHORT), (long_store, long))]
        figures = []
        for what, question in QUESTIONS.items():
            figures += _compare(what, question, logs, samples)
        return figures


def _log(store: str, size: int) -> Client:
    admin = install(store)
    began = datetime.now(UTC) - SPAN
    with AuditItem.batch_write() as kept:
        for entry in _entries(began, size):
            kept.save(AuditItem.of(entry))
            kept.save(AuditItem.copy_of(entry))
    return admin


def _entries(began: datetime, size: int) -> Iterable[Entry]:
    for number in range(size):
        is_admin = number % 3 == 0
        yield Entry(
            id=uuid5(NAMESPACE, str(number)),
            timestamp=began + SPAN * number / size - timedelta(minutes=10),
            actor_type="admin" if is_admin else "generator",
            actor_id=None if is_admin else SOMEBODY,
            action=ACTIONS[number % len(ACTIONS)],
            resource_type="stack",
            resource_id=SOMETHING if number % 2 else uuid5(NAMESPACE, f"stack-{number}"),
            details={"name": f"stack-{number}"},
            ip_address="192.0.2.7",
            user_agent="brokkr/0.1.0",
        )


def _compare(what: str, question: str, logs: list[tuple[str, Client, int]], samples: int) -> list[Figure]:
    first, later, seconds = [], [], []
    for store, admin, size in logs:
        wire.to(store)
        path = f"/api/v1/admin/audit-logs?{question.format(half=size // 2)}"
        first.append(_cost(admin, path))
        later.append(_cost(admin, path))
        seconds.append(statistics.median(_seconds(admin, path) for _ in range(samples)) * 1000)
    short, long = logs[0][2], logs[1][2]
    return [
        Figure(f"audit log, {what}, {short:,} rows, read units", later[0].reads, "RU"),
        Figure(f"audit log, {what}, {long:,} rows, read units", later[1].reads, "RU"),
        Figure(
            f"audit log, {what}, units with {long:,} : with {short:,}", later[1].reads / later[0].reads, "x", TOLERANCE
        ),
        Figure(f"audit log, {what}, {long:,} rows, P50", seconds[1], "ms"),
        Figure(f"audit log, {what}, time with {long:,} : with {short:,}", seconds[1] / seconds[0], "x", TOLERANCE),
        Figure(f"audit log, {what}, {long:,} rows, the first time, read units", first[1].reads, "RU"),
    ]


def _cost(admin: Client, path: str) -> Cost:
    return wire.cost_of(lambda: admin.call("GET", path))


def _seconds(admin: Client, path: str) -> float:
    started = time.perf_counter()
    admin.call("GET", path)
    return time.perf_counter() - started
