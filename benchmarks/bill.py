"""
From what an operation does to what it costs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import prices
from tools.borrowed import ROOT

MILLION = 1_000_000
MONTH_SECONDS = 730 * 3600
HEALTH_SECONDS = 60
OWN_ENTRY_SECONDS = 600
MEMORY_MB: int = json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_memory_size"]
WHOLE_PROCESSOR_MB = 1769  # so much memory comes with one whole processor, says AWS
TELEMETRY_SECONDS = 10  # how often an agent that has something to pass on may
CALL_MS = 5  # assumed: DynamoDB's answer, seen from a Lambda of its region
LOG_BYTES = 1000  # assumed: the broker's line with its embedded metrics, 650, and Lambda's own three
ACCESS_LOG_BYTES = 300  # assumed: the gateway's line

POLL, POLL_OF_TEN = "unchanged poll, 1 stack", "unchanged poll, 10 stacks"
HEARTBEAT, OWN_ENTRY = "heartbeat", "the agent's own entry"
LOOK = "look for diagnostics, none"
PUSH, NEWS, TEXT, REPORT = "push of 2 KB", "poll with news, 1 stack", "text of an object", "report"
HEALTH, HEALTH_OF_TEN = "health of 1 stack, unchanged", "health of 10 stacks, unchanged"
TELEMETRY = "telemetry, 100 log lines of a stack"
OPERATIONS = (
    POLL,
    POLL_OF_TEN,
    HEARTBEAT,
    OWN_ENTRY,
    LOOK,
    HEALTH,
    HEALTH_OF_TEN,
    TELEMETRY,
    PUSH,
    NEWS,
    TEXT,
    REPORT,
)
OF_A_FLEET_AT_WORK = 3 * 4 + 1  # metrics: of poll, heartbeat, health and own entry; and of cold starts
A_DEPLOYMENT = (PUSH, NEWS, TEXT, REPORT)


@dataclass(frozen=True)
class Measured:
    """
    One request of a kind: units and calls as the store counts them, the app's own processor time.
    """

    reads: float
    writes: float
    calls: int
    cpu_ms: float

    @property
    def lambda_ms(self) -> float:
        return self.cpu_ms * WHOLE_PROCESSOR_MB / MEMORY_MB + self.calls * CALL_MS


@dataclass(frozen=True)
class Bill:
    """
    In dollars.
    """

    requests: float
    table: float
    function: float
    gateway: float
    logs: float

    @property
    def total(self) -> float:
        return self.table + self.function + self.gateway + self.logs

    def times(self, count: float) -> "Bill":
        return Bill(*(value * count for value in vars(self).values()))

    def __add__(self, other: "Bill") -> "Bill":
        return Bill(*(one + another for one, another in zip(vars(self).values(), vars(other).values(), strict=True)))


NOTHING = Bill(0, 0, 0, 0, 0)


def of_request(measured: Measured, *, by_gateway: bool) -> Bill:
    table = measured.reads * prices.MILLION_READ_UNITS + measured.writes * prices.MILLION_WRITE_UNITS
    gb_seconds = measured.lambda_ms / 1000 * MEMORY_MB / 1024
    log_bytes = LOG_BYTES + ACCESS_LOG_BYTES * by_gateway
    return Bill(
        requests=1,
        table=table / MILLION,
        function=prices.MILLION_INVOCATIONS / MILLION + gb_seconds * prices.GB_SECOND,
        gateway=prices.MILLION_REST_REQUESTS / MILLION if by_gateway else 0,
        logs=log_bytes / 1e9 * prices.GB_OF_LOGS,
    )


def of_month(all_measured: Mapping[str, Measured], poll: str, seconds: int, *, by_gateway: bool) -> Bill:
    """
    An agent to which nothing happens: so many seconds between two polls and two heartbeats, a minute between two
    reports of health, ten between two looks at its own entry.
    """
    health = HEALTH if poll == POLL else HEALTH_OF_TEN
    every = {poll: seconds, HEARTBEAT: seconds, health: HEALTH_SECONDS, OWN_ENTRY: OWN_ENTRY_SECONDS}
    bills = (
        of_request(all_measured[name], by_gateway=by_gateway).times(MONTH_SECONDS / pause)
        for name, pause in every.items()
    )
    return sum(bills, NOTHING)


def of_deployment(all_measured: Mapping[str, Measured]) -> Bill:
    """
    A push and what one agent does about it, all through the gateway.
    """
    return sum((of_request(all_measured[name], by_gateway=True) for name in A_DEPLOYMENT), NOTHING)


def of_chatter(all_measured: Mapping[str, Measured]) -> Bill:
    """
    A month of an agent whose pods always have something to say, through the gateway.
    """
    return of_request(all_measured[TELEMETRY], by_gateway=True).times(MONTH_SECONDS / TELEMETRY_SECONDS)
