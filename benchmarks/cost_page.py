"""
docs/cost.md: made from what was measured and from the prices, and read back.
"""

import re
from collections.abc import Iterable, Mapping
from string import Template

from benchmarks import bill, prices
from benchmarks.bill import Bill, Measured
from tools.borrowed import ROOT

PAGE = ROOT / "docs" / "cost.md"
INTERVALS = (10, 30, 60)
DOORS = ((True, "REST API"), (False, "Function URL"))
MEASURED_ROW = re.compile(
    r"\| (?P<name>[^|]+) \| (?P<reads>[\d.]+) \| (?P<writes>[\d.]+) \| (?P<calls>\d+) \| (?P<cpu>[\d.]+) \|"
)
TEXT = Template("""\
# What it costs

<!-- Made by `python -m benchmarks.cost`; a test compares it with the prices, another with the units. Change those. -->

Nothing runs when nobody asks, so the bill is requests: of agents that poll, hardly of pipelines that push. Here is what
each request is billed, measured, times AWS's list prices. **The prices are as noted on $noted for $region, without
free tier, discounts or tax: check them, and change `benchmarks/prices.py` where they differ.**

## An agent for a month

An agent to which nothing happens sends two requests at each `polling_interval`: the poll, which is answered 304 and
says whether it is active and asked for diagnostics, and a heartbeat; once a minute the health of its stacks, which it
confirms; and every ten minutes a look at its own entry. In US dollars, for a month of 730 hours:

$months

A Function URL is cheaper by what API Gateway takes, and lacks what API Gateway gives: throttling, an access log,
compression, answers in our words where the broker is not reached. [Deploying](deploying.md) says how agents get one
beside the other.

## Telemetry

Kubernetes events and log lines of pods that are annotated for it, kept for six hours. An agent that has something to
pass on sends one request in ten seconds, and none while it has not: at most $$$chatter a month for 100 lines in each.
Write units are a KB of them compressed, and one for each request; what is refused for coming too early costs none.

## A deployment

A push of 2 KB, and one agent that hears of it, fetches the text and reports. A thousand of these, by the REST API:
$$$deployments. Each further agent does all of it but the push.

## What does not come by the request

- The table: $$$storage for a GB and month, and $$$recovery for its point-in-time recovery. A deployment object of
  2 KB takes 3 KB at most, with its entry; nothing deletes old ones.
- Cold starts: one every hour, a second each, come to $$$cold a month for the whole deployment. The tables leave them
  out.
- Metrics: three for each route, method and class of status that is asked, and one for cold starts. Agents alone ask
  for $metrics of them, $$$metrics_month a month however many agents there are; what is asked seldom is billed by the
  hour. With `EmbeddedMetrics` off they cost nothing, and the line of a request is half as long.
- Logs are kept for `LogRetentionDays`; that costs a fraction of taking them in. With `LogLevel` at `WARNING` and access
  logs off, most of the column goes.
- Data that leaves AWS: a 304 has no body, an agent's own entry about half a KB. The first 100 GB of a month are free.

## Measured

What one request makes of DynamoDB's units and calls, as dynoxide reports them, and of the app's own processor time.

$measured

Lambda bills milliseconds. They are reckoned as the processor time, at $memory MB of the $whole that come with a whole
processor as fast as the one measured on, and $call_ms ms for each call of DynamoDB: an assumption, to be replaced by
the `Duration` of your own function. Log bytes are assumed too: $log_bytes for a request, $access_bytes in the access
log.

## Prices

$prices
""")


def render(measured: Mapping[str, Measured]) -> str:
    return TEXT.substitute(
        noted=prices.NOTED,
        region=prices.REGION,
        months=_months(measured),
        deployments=f"{bill.of_deployment(measured).times(1000).total:.3f}",
        chatter=f"{bill.of_chatter(measured).total:.2f}",
        storage=f"{prices.GB_MONTH_OF_TABLE:.2f}",
        recovery=f"{prices.GB_MONTH_OF_RECOVERY:.2f}",
        metrics=str(bill.OF_A_FLEET_AT_WORK),
        metrics_month=f"{bill.OF_A_FLEET_AT_WORK * prices.METRIC_MONTH:.2f}",
        cold=f"{730 * bill.MEMORY_MB / 1024 * prices.GB_SECOND:.2f}",
        measured=_table(
            ("request", "read units", "write units", "calls", "processor ms"),
            (
                (name, f"{one.reads:g}", f"{one.writes:g}", str(one.calls), f"{one.cpu_ms:.1f}")
                for name, one in measured.items()
            ),
        ),
        memory=bill.MEMORY_MB,
        whole=bill.WHOLE_PROCESSOR_MB,
        call_ms=bill.CALL_MS,
        log_bytes=bill.LOG_BYTES,
        access_bytes=bill.ACCESS_LOG_BYTES,
        prices=_table(("what", "$"), ((what, _price(price)) for what, price in prices.TABLE)),
    )


def measured_in(page: str) -> dict[str, Measured]:
    """
    What the page was made from.
    """
    return {
        row["name"]: Measured(float(row["reads"]), float(row["writes"]), int(row["calls"]), float(row["cpu"]))
        for row in MEASURED_ROW.finditer(page)
    }


def _price(dollars: float) -> str:
    return f"{dollars:.10f}".rstrip("0").rstrip(".")


def _months(measured: Mapping[str, Measured]) -> str:
    rows = []
    for poll, stacks in ((bill.POLL, 1), (bill.POLL_OF_TEN, 10)):
        for seconds in INTERVALS:
            for by_gateway, door in DOORS:
                month = bill.of_month(measured, poll, seconds, by_gateway=by_gateway)
                rows.append((str(stacks), f"{seconds} s", door, *_columns(month)))
    return _table(
        ("stacks", "polls every", "door", "requests", "DynamoDB", "Lambda", "gateway", "logs", "**sum**"), rows
    )


def _columns(month: Bill) -> Iterable[str]:
    dollars = (f"{value:.2f}" for value in (month.table, month.function, month.gateway, month.logs))
    return (f"{month.requests:,.0f}", *dollars, f"**{month.total:.2f}**")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
