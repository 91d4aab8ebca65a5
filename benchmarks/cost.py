"""
`python -m benchmarks.cost`: measure what each request makes of DynamoDB and of the processor, and write docs/cost.md.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from benchmarks import bill, report
from benchmarks.bill import Measured
from benchmarks.chatter import Chatter
from benchmarks.client import manifest
from benchmarks.cost_page import PAGE, render
from benchmarks.fleet import Fleet, new_fleet
from benchmarks.in_process import a_minute_old_health, install
from benchmarks.servers import a_store
from benchmarks.wire import wire

HISTORY = 10
TIMES = 60
NOT_TIMED = 2


def main() -> None:
    print(report.machine())
    PAGE.write_text(render(measure()))
    print(f"{PAGE} is written")


def measure(times: int = TIMES) -> dict[str, Measured]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, a_store(Path(folder)) as endpoint:
        admin = install(endpoint)
        one = new_fleet(admin, "one", stacks=1, history=HISTORY)
        ten = new_fleet(admin, "ten", stacks=10, history=HISTORY)
        requests = _requests(one, ten) | {bill.TELEMETRY: Chatter(admin, one, NOT_TIMED + times)}
        return {name: _measured(requests[name], times) for name in bill.OPERATIONS}


def _requests(one: Fleet, ten: Fleet) -> dict[str, Callable[[], object]]:
    """
    Each changes nothing that another one measures.
    """
    newest, messages = one.newest[0], count()
    entry = f"/api/v1/agents/?name={one.name}&cluster_name=bench"
    return {
        bill.POLL: lambda: one.agent.poll(one.etag),
        bill.POLL_OF_TEN: lambda: ten.agent.poll(ten.etag),
        bill.HEARTBEAT: one.agent.heartbeat,
        bill.OWN_ENTRY: lambda: one.agent.call("GET", entry),
        bill.LOOK: lambda: one.agent.call("GET", f"/api/v1/agents/{one.agent.id}/diagnostics/pending"),
        bill.HEALTH: lambda: _health(one),
        bill.HEALTH_OF_TEN: lambda: _health(ten),
        bill.PUSH: lambda: one.generator.push(one.stacks[0], manifest()),
        bill.NEWS: one.agent.poll,
        bill.TEXT: lambda: one.agent.call("GET", f"/api/v1/deployment-objects/{newest}"),
        bill.REPORT: lambda: one.agent.report(newest, f"report {next(messages)}", "FAILURE"),
    }


def _health(fleet: Fleet) -> None:
    with a_minute_old_health():
        fleet.agent.report_health(fleet.newest, "healthy")


def _measured(request: Callable[[], object], times: int) -> Measured:
    """
    The first one is not counted: it makes what later ones find made.
    """
    request()
    cost = wire.cost_of(request)
    seconds = [_processor_time(request) for _ in range(times)]
    return Measured(cost.reads, cost.writes, cost.calls, round(statistics.median(seconds) * 1000, 1))


def _processor_time(request: Callable[[], object]) -> float:
    started = time.process_time()
    request()
    return time.process_time() - started


if __name__ == "__main__":
    main()
